package io.callgate.control.store;

import io.callgate.model.IpAddress;
import java.util.List;
import java.util.Optional;

/// What an app's developer puts into the SDK, to find the relays: a name, or addresses where DNS is blocked.
public record Entry(Optional<String> domain, List<IpAddress> ips, int port) {
    public Entry {
        ips = List.copyOf(ips);
        if (domain.isEmpty() && ips.isEmpty()) {
            throw new IllegalArgumentException("an entry needs a domain or an IP address");
        }
    }
}
