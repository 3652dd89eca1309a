package io.callgate.relay.grant;

import java.util.Locale;

/// The protocol by which a client came in.
public enum Ingress {
    TURN_UDP,
    TURN_TCP,
    SOCKS5,
    HTTP_CONNECT;

    /// For metrics, events and session records: lower case with underscores.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
