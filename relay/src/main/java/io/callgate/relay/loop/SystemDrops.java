package io.callgate.relay.loop;

import io.callgate.relay.net.UdpSocket;

/// Datagrams that the operating system threw away on one loop before the relay saw them: its sockets' receive
/// buffers were full. Confined to the loop.
public final class SystemDrops {
    private long onListeners;
    private long onRelayedAddresses;

    /// Asks a socket that clients send to.
    public void ofListener(UdpSocket socket) {
        onListeners += socket.newSystemDrops();
    }

    /// Asks a socket that peers send to.
    public void ofRelayedAddress(UdpSocket socket) {
        onRelayedAddresses += socket.newSystemDrops();
    }

    public long onListeners() {
        return onListeners;
    }

    public long onRelayedAddresses() {
        return onRelayedAddresses;
    }
}
