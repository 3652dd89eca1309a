package io.callgate.control.store;

import io.callgate.model.AppId;

/// What one app needs of all living relays together, by their last reports.
///
/// @param relays that may serve the app: those of the asking relay's pool, and others that have its sessions
public record FleetNeed(
        AppId app, int relays, long sessions, long wantedSessions, long kbitPerSecond, long wantedKbitPerSecond) {}
