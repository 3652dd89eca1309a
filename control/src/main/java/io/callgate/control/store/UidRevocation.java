package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Revocation;
import io.callgate.model.Subject;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// A uid that is refused.
///
/// @param expiresAt when its longest credential has expired
public record UidRevocation(UUID id, AppId app, Subject uid, Instant notBefore, Instant expiresAt) {
    /// As relays are told.
    public Revocation forRelays() {
        return new Revocation(app, Optional.of(uid), notBefore);
    }
}
