package io.callgate.control.store;

import io.callgate.model.AppId;

/// What one app uses of all living relays now, by their last reports.
public record AppLoad(AppId app, long sessions, long kbitPerSecond) {}
