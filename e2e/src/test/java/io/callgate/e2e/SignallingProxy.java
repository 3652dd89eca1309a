package io.callgate.e2e;

/// How a browser's signalling leaves corp. Addresses are `host:port`.
sealed interface SignallingProxy {
    record None() implements SignallingProxy {}

    record Connect(String address, String username, String password) implements SignallingProxy {}

    /// Chromium offers a SOCKS5 server no password: the relay must know the network it comes from.
    record Socks5(String address) implements SignallingProxy {}
}
