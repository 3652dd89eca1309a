package io.callgate.control.store;

import io.callgate.model.AppId;
import java.time.Instant;
import java.util.Optional;

/// A named set of relay addresses.
///
/// @param owner the only app that may use it; empty: any
/// @param noticeDays for so long a new address is announced before leases use it, once the pool is in use
public record Pool(String id, Kind kind, Optional<AppId> owner, int noticeDays, Instant createdAt) {
    public static final int DEFAULT_NOTICE_DAYS = 30;

    /// Trial pools serve every app on trial, production pools the active apps that have them.
    public enum Kind {
        TRIAL,
        PRODUCTION
    }

    public boolean admits(AppId app) {
        return owner.isEmpty() || owner.get().equals(app);
    }
}
