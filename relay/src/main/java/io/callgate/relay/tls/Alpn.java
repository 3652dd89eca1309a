package io.callgate.relay.tls;

import java.util.List;

/// Protocols that a client may name in its TLS hello (RFC 7301).
public final class Alpn {
    /// TURN and STUN (RFC 7443).
    public static final String TURN = "stun.turn";

    static final String HTTP2 = "h2";
    static final String HTTP1 = "http/1.1";

    /// In the order in which they are preferred where a client names several.
    static final List<String> OFFERED = List.of(TURN, HTTP2, HTTP1);

    private Alpn() {}
}
