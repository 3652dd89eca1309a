package io.callgate.control.lease;

import io.callgate.model.ErrorCode;
import io.callgate.model.Lease;

/// What became of a request for a lease.
public sealed interface LeaseAnswer {
    record Granted(Lease lease) implements LeaseAnswer {}

    /// @param mend what to do about it
    record Refused(ErrorCode code, String detail, String mend) implements LeaseAnswer {}
}
