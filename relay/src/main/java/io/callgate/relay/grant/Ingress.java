package io.callgate.relay.grant;

/// The protocol by which a client came in.
public enum Ingress {
    TURN_UDP,
    TURN_TCP,
    SOCKS5,
    HTTP_CONNECT
}
