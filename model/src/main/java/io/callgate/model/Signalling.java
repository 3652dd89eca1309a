package io.callgate.model;

/// Where signalling goes through: the same relay port, by either proxy protocol, with the lease's credential.
public record Signalling(Endpoint socks5, Endpoint connect) {}
