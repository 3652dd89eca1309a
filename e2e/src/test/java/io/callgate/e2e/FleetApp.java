package io.callgate.e2e;

import io.callgate.model.AppId;
import io.callgate.model.AppToken;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import java.time.Duration;
import java.time.Instant;

/// An app of the fleet, as its own server knows it.
record FleetApp(String id, String tokenSecret) {
    /// What the app's server gives to one of its users.
    String token(String uid) {
        return AppToken.mint(
                Secret.of(tokenSecret),
                new AppId(id),
                new Subject(uid),
                Instant.now().plus(Duration.ofHours(1)));
    }
}
