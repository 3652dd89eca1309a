package io.callgate.relay.link;

/// Why a question to control has no answer that helps.
abstract sealed class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    private ControlException(String message, Throwable cause) {
        super(message, cause);
    }

    private ControlException(String message) {
        super(message);
    }

    /// No node of control answers; another time one may.
    static final class Away extends ControlException {
        private static final long serialVersionUID = 1L;

        Away(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// Control has answered, and says no: the same question gets the same answer.
    static final class Refused extends ControlException {
        private static final long serialVersionUID = 1L;
        private static final int UNAUTHENTICATED = 401;

        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        /// Whether control does not know who asks.
        boolean isUnknownCaller() {
            return status == UNAUTHENTICATED;
        }
    }

    /// For a sentence.
    String words() {
        return String.valueOf(getMessage());
    }
}
