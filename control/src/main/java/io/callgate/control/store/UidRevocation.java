package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.RelayCredential;
import io.callgate.model.Revocation;
import io.callgate.model.Subject;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// A uid that is refused.
///
/// @param expiresAt when the last credential that it strikes has expired
public record UidRevocation(UUID id, AppId app, Subject uid, Instant notBefore, Instant expiresAt) {
    /// As relays are told: a relay strikes what expires within the longest life after the moment that it is given, so
    /// that moment is what decides which credentials are meant.
    public Revocation forRelays() {
        return new Revocation(app, Optional.of(uid), expiresAt.minus(RelayCredential.LONGEST_LIFE));
    }
}
