package io.callgate.e2e;

import io.callgate.client.mode.NetworkKind;
import io.callgate.client.network.Network;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.model.IpAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// A phone, or a desk, where the machine's own interfaces are neither: a network of that kind, which changes when
/// a test says so. The machine's address stays.
final class MovingNetwork implements NetworkMonitor {
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Set<IpAddress> addresses;
    private volatile Network current;

    MovingNetwork(NetworkKind kind, String address) {
        addresses = Set.of(IpAddress.parse(address));
        current = new Network(kind, addresses, false);
    }

    void change(NetworkKind kind) {
        Network before = current;
        current = new Network(kind, addresses, false);
        listeners.forEach(listener -> listener.onChange(before, current));
    }

    @Override
    public Network current() {
        return current;
    }

    @Override
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public void forget(Listener listener) {
        listeners.remove(listener);
    }

    @Override
    public void close() {}
}
