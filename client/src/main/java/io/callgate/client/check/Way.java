package io.callgate.client.check;

import io.callgate.model.Protocol;
import java.util.Locale;

/// A way to a relay that is tried.
public enum Way {
    UDP(Protocol.UDP, "UDP"),
    TCP(Protocol.TCP, "TCP"),
    TLS(Protocol.TCP, "TLS"),
    HTTP(Protocol.TCP, "HTTP CONNECT"),
    HTTPS(Protocol.TCP, "HTTP CONNECT in TLS");

    private final Protocol protocol;
    private final String title;

    Way(Protocol protocol, String title) {
        this.protocol = protocol;
        this.title = title;
    }

    /// What a firewall has to let out for it.
    public Protocol protocol() {
        return protocol;
    }

    /// For people.
    public String title() {
        return title;
    }

    /// For JSON.
    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isProxy() {
        return this == HTTP || this == HTTPS;
    }

    boolean hasTls() {
        return this == TLS || this == HTTPS;
    }
}
