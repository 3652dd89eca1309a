package io.callgate.rtc.media;

/// The stack would not, or the link is closed.
public final class MediaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MediaException(String message) {
        super(message);
    }

    public MediaException(String message, Throwable cause) {
        super(message, cause);
    }
}
