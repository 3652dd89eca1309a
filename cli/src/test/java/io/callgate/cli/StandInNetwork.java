package io.callgate.cli;

import io.callgate.client.mode.NetworkKind;
import io.callgate.client.network.Network;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.model.IpAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// A network that changes when a test says so.
final class StandInNetwork implements NetworkMonitor {
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile Network current;

    StandInNetwork(NetworkKind kind) {
        current = of(kind, 1);
    }

    private static Network of(NetworkKind kind, int host) {
        return kind == NetworkKind.OFFLINE
                ? Network.OFFLINE
                : new Network(kind, Set.of(IpAddress.parse("192.0.2." + host)), false);
    }

    void change(NetworkKind kind) {
        Network before = current;
        current = of(kind, 2);
        listeners.forEach(listener -> listener.onChange(before, current));
    }

    int listeners() {
        return listeners.size();
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
