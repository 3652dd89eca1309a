package io.callgate.model;

/// An address and a port.
public record Endpoint(IpAddress address, int port) {
    public Endpoint {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " of " + address + ": a port is within 1 to 65535");
        }
    }

    /// What [#toString] gives.
    ///
    /// @throws IllegalArgumentException if it is none
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        String address = colon < 0 ? text : text.substring(0, colon).replaceAll("^\\[|]$", "");
        try {
            return new Endpoint(IpAddress.parse(address), Integer.parseInt(text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is no address with a port, as 203.0.113.9:443", e);
        }
    }

    @Override
    public String toString() {
        return address.bracketed() + ":" + port;
    }
}
