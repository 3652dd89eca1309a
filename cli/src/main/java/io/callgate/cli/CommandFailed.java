package io.callgate.cli;

/// The world is not as a command needs it: its message is the line on stderr, and the exit code is 1.
final class CommandFailed extends RuntimeException {
    CommandFailed(String message) {
        super(message);
    }

    CommandFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
