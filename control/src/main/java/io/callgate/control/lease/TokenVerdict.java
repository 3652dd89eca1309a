package io.callgate.control.lease;

import io.callgate.model.AppId;
import io.callgate.model.Subject;

/// Whether a token is good, and whose it is.
public sealed interface TokenVerdict {
    record Good(AppId app, Subject uid) implements TokenVerdict {}

    record Bad(LeaseAnswer.Refused refusal) implements TokenVerdict {}
}
