package io.callgate.client.network;

import io.callgate.client.mode.NetworkKind;
import io.callgate.model.IpAddress;
import java.util.Set;

/// One moment's connection to the world. Two are the same network where these three are the same.
///
/// @param addresses of this machine there, without loopback and link-local ones; empty exactly when offline
/// @param metered whether every byte costs
public record Network(NetworkKind kind, Set<IpAddress> addresses, boolean metered) {
    public static final Network OFFLINE = new Network(NetworkKind.OFFLINE, Set.of(), false);

    public Network {
        addresses = Set.copyOf(addresses);
        if (addresses.isEmpty() != (kind == NetworkKind.OFFLINE)) {
            throw new IllegalArgumentException(
                    kind + " with " + addresses + ": a network has an address, and OFFLINE has none");
        }
    }
}
