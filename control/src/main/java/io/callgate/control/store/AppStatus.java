package io.callgate.control.store;

/// Where an app stands in its life.
public enum AppStatus {
    REQUESTED,
    TRIAL,
    ACTIVE,
    SUSPENDED
}
