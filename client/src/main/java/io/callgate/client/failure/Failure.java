package io.callgate.client.failure;

import io.callgate.model.ErrorCode;

/// One failure, told so that a person can act on it.
///
/// @param cause what was tried, on what, and what came of it; never a secret
/// @param mend what would help, as an instruction to whoever can do it
public record Failure(ErrorCode code, String cause, String mend) {
    public ErrorCode.Layer layer() {
        return code.layer();
    }

    /// One line: code, cause, mend.
    @Override
    public String toString() {
        return code + " (" + code.number() + "): " + cause + "; " + mend;
    }
}
