package io.callgate.rtc.service;

import io.callgate.model.ErrorCode;
import org.jspecify.annotations.Nullable;

/// The cloud refuses, or cannot be reached.
public final class ServiceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final boolean isFinal;

    private ServiceException(ErrorCode code, boolean isFinal, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.isFinal = isFinal;
    }

    /// The cloud has understood, and will say the same again.
    public static ServiceException refused(ErrorCode code, String message) {
        return new ServiceException(code, true, message, null);
    }

    /// Another try, or another way, may do better.
    public static ServiceException unreachable(ErrorCode code, String message, Throwable cause) {
        return new ServiceException(code, false, message, cause);
    }

    public static ServiceException unreachable(ErrorCode code, String message) {
        return new ServiceException(code, false, message, null);
    }

    public ErrorCode code() {
        return code;
    }

    /// Whether another try is in vain.
    public boolean isFinal() {
        return isFinal;
    }
}
