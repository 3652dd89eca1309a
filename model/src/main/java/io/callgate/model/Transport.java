package io.callgate.model;

import java.util.Locale;

/// How a client reaches a relay: one transport of a candidate.
public enum Transport {
    UDP,
    TCP,
    TLS,
    HTTPS,
    QUIC;

    /// The form of files, JSON and tables.
    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
