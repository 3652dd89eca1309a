package io.callgate.client.mode;

import io.callgate.model.Transport;

/// The way that traffic really takes now. Names, never numbers: vendors number these differently in each product.
public enum EffectivePath {
    DIRECT,
    CLOUD_UDP,
    CLOUD_TCP,
    CLOUD_TLS,
    CLOUD_HTTP,
    CLOUD_QUIC,
    LOCAL_SOCKS5,
    LOCAL_HTTP,
    LOCAL_AP;

    /// The path over a relay by that transport.
    public static EffectivePath by(Transport transport) {
        return switch (transport) {
            case UDP -> CLOUD_UDP;
            case TCP -> CLOUD_TCP;
            case TLS -> CLOUD_TLS;
            case HTTPS -> CLOUD_HTTP;
            case QUIC -> CLOUD_QUIC;
        };
    }

    /// Whether it leads through a proxy of the customer's own, and not through relays.
    public boolean isLocal() {
        return this == LOCAL_SOCKS5 || this == LOCAL_HTTP || this == LOCAL_AP;
    }

    public boolean isProxied() {
        return this != DIRECT;
    }
}
