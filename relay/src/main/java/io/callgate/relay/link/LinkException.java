package io.callgate.relay.link;

/// A relay that cannot become part of its fleet; the message says what mends it.
public final class LinkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LinkException(String message) {
        super(message);
    }

    LinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
