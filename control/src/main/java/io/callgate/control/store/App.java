package io.callgate.control.store;

import io.callgate.model.AppId;
import java.time.Instant;

/// One customer of the operator.
///
/// @param revision rises with every change
public record App(
        AppId id, AppStatus status, long revision, Instant createdAt, Instant changedAt, AppSettings settings) {
    public App withStatus(AppStatus next) {
        return new App(id, next, revision, createdAt, changedAt, settings);
    }

    public App withSettings(AppSettings next) {
        return new App(id, status, revision, createdAt, changedAt, next);
    }

    /// Whether its clients get leases.
    public boolean isServed() {
        return status == AppStatus.TRIAL || status == AppStatus.ACTIVE;
    }
}
