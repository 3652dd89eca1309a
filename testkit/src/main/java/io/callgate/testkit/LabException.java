package io.callgate.testkit;

/// Something of the laboratory itself failed (a command, a process, a namespace): not the thing under test.
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LabException(String message) {
        super(message);
    }

    public LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
