package io.callgate.relay;

import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;

/// One address and port on which this relay listens; wildcards are already expanded.
public record BoundListener(IpAddress address, int port, Protocol protocol) {
    @Override
    public String toString() {
        return protocol + " " + address.bracketed() + ":" + port;
    }
}
