package io.callgate.client.failure;

import io.callgate.model.ErrorCode;

/// A way to a relay, or through one, could not be opened or has ended.
public final class PathException extends RuntimeException {
    private final transient Failure failure;

    public PathException(ErrorCode code, String cause, String mend) {
        this(new Failure(code, cause, mend));
    }

    public PathException(ErrorCode code, String cause, String mend, Throwable root) {
        super(cause + "; " + mend, root);
        this.failure = new Failure(code, cause, mend);
    }

    public PathException(Failure failure) {
        super(failure.cause() + "; " + failure.mend());
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }

    public ErrorCode code() {
        return failure.code();
    }
}
