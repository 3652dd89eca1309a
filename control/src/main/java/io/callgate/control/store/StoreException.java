package io.callgate.control.store;

/// The database is not as control needs it; the message says what was tried and how to mend it.
public final class StoreException extends RuntimeException {
    StoreException(String message) {
        super(message);
    }

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
