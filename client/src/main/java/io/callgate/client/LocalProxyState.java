package io.callgate.client;

/// What a customer's own proxy is good for.
public enum LocalProxyState {
    /// The service was reached through it, and it is in use.
    CONNECTED,

    /// The service was not reached through it.
    FAILED
}
