package io.callgate.control.lease;

import io.callgate.model.AppId;
import io.callgate.model.Secret;
import java.util.Optional;

/// What a client shows to get a lease.
public sealed interface Proof {
    /// A JWT, signed with a token secret of the app.
    ///
    /// @param app what the client says beside it; it must be the token's
    record Token(Secret jwt, Optional<AppId> app) implements Proof {}

    /// The static key of an app that allows it.
    record AppSign(AppId app, Secret sign) implements Proof {}

    record Missing() implements Proof {}
}
