package io.callgate.e2e;

/// How a browser's signalling leaves corp. Addresses are `host:port`.
sealed interface SignallingProxy {
    record None() implements SignallingProxy {}

    /// HTTP CONNECT with Basic.
    ///
    /// @param tls whether the browser speaks TLS to the proxy itself
    record Connect(String address, boolean tls, String username, String password) implements SignallingProxy {}

    /// HTTP CONNECT at the company's own proxy, which wants no credential of its staff.
    record Company(String address) implements SignallingProxy {}

    /// Chromium offers a SOCKS5 server no password: the relay must know the network it comes from.
    record Socks5(String address) implements SignallingProxy {}
}
