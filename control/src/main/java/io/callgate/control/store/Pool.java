package io.callgate.control.store;

import io.callgate.model.AppId;
import java.time.Instant;
import java.util.Optional;

/// A named set of relay addresses.
///
/// @param owner the only app that may use it; empty: any
public record Pool(String id, Kind kind, Optional<AppId> owner, Instant createdAt) {
    /// Trial pools serve every app on trial, production pools the active apps that have them.
    public enum Kind {
        TRIAL,
        PRODUCTION
    }

    public boolean admits(AppId app) {
        return owner.isEmpty() || owner.get().equals(app);
    }
}
