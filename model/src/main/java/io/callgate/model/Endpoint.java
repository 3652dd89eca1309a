package io.callgate.model;

/// An address and a port.
public record Endpoint(IpAddress address, int port) {
    public Endpoint {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " of " + address + ": a port is within 1 to 65535");
        }
    }

    @Override
    public String toString() {
        return address.bracketed() + ":" + port;
    }
}
