package io.callgate.rtc;

import io.callgate.client.mode.NetworkKind;
import io.callgate.client.network.Network;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A network that changes when a test says so.
public final class MovingNetwork implements NetworkMonitor {
    private final List<Listener> listeners = new ArrayList<>(); // guarded by this
    private Network now = of(NetworkKind.ETHERNET, "192.0.2.1"); // guarded by this

    private static Network of(NetworkKind kind, String address) {
        return kind == NetworkKind.OFFLINE
                ? Network.OFFLINE
                : new Network(kind, Set.of(IpAddress.parse(address)), false);
    }

    public synchronized void becomes(NetworkKind kind, String address) {
        Network before = now;
        now = of(kind, address);
        List.copyOf(listeners).forEach(listener -> listener.onChange(before, now));
    }

    @Override
    public synchronized Network current() {
        return now;
    }

    @Override
    public synchronized void listen(Listener listener) {
        listeners.add(listener);
    }

    @Override
    public synchronized void forget(Listener listener) {
        listeners.remove(listener);
    }

    @Override
    public void close() {}
}
