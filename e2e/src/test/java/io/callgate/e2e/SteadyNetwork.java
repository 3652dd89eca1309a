package io.callgate.e2e;

import io.callgate.client.mode.NetworkKind;
import io.callgate.client.network.Network;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.model.IpAddress;
import java.util.Set;

/// A phone, or a desk: the machine's own interfaces are neither.
record SteadyNetwork(Network current) implements NetworkMonitor {
    static SteadyNetwork of(NetworkKind kind, String address) {
        return new SteadyNetwork(new Network(kind, Set.of(IpAddress.parse(address)), false));
    }

    @Override
    public void listen(Listener listener) {}

    @Override
    public void forget(Listener listener) {}

    @Override
    public void close() {}
}
