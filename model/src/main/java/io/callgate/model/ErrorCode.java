package io.callgate.model;

import java.util.Optional;

/// Why a lease was refused, as a number that keeps its meaning over versions.
public enum ErrorCode {
    INVALID_ARGUMENT(41001),
    NOT_ACTIVATED(42001),
    TOKEN_REQUIRED(42002),
    TOKEN_INVALID(42003),
    TOKEN_EXPIRED(42004),
    QUOTA_EXCEEDED(42005),
    REGION_FORBIDDEN(42007),
    SDK_TOO_OLD(42008),
    /// The app may, but no relay of its pools is alive: worth another try.
    NO_RELAY(42009);

    private final int number;

    ErrorCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    public static Optional<ErrorCode> of(int number) {
        for (ErrorCode code : values()) {
            if (code.number == number) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }
}
