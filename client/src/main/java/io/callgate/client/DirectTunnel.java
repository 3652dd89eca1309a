package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.net.Attempt;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.client.turn.Tally;
import io.callgate.model.ErrorCode;
import io.callgate.model.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Datagrams without a relay, while the path is direct. Like a relay it hears only those peers that were
/// opened.
final class DirectTunnel implements DatagramTunnel {
    private static final int LARGEST_DATAGRAM_BYTES = 65_535;

    private final DatagramSocket socket;
    private final Receiver receiver;
    private final TimeSource time;
    private final Set<InetSocketAddress> peers = ConcurrentHashMap.newKeySet();
    private final Tally tally = new Tally();
    private volatile long lastHeardNanos;

    DirectTunnel(Receiver receiver, TimeSource time) {
        try {
            socket = new DatagramSocket();
        } catch (IOException e) {
            throw new UncheckedIOException("no UDP socket", e);
        }
        this.receiver = receiver;
        this.time = time;
        Thread reader = new Thread(this::read, "callgate-direct");
        reader.setDaemon(true);
        reader.start();
    }

    @Override
    public InetSocketAddress relayedAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public InetSocketAddress mappedAddress() {
        return relayedAddress();
    }

    @Override
    public void open(InetSocketAddress peer, Attempt attempt) {
        peers.add(DatagramTunnel.requirePeer(peer));
    }

    @Override
    public boolean send(InetSocketAddress peer, ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.duplicate().get(bytes);
        try {
            if (peers.contains(peer)) {
                socket.send(new DatagramPacket(bytes, bytes.length, peer));
                tally.sent(bytes.length);
                return true;
            }
        } catch (IOException e) {
            // Counted below; a network that went away comes back, or the path is left.
        }
        tally.notSent();
        return false;
    }

    private void read() {
        byte[] memory = new byte[LARGEST_DATAGRAM_BYTES];
        DatagramPacket packet = new DatagramPacket(memory, memory.length);
        while (!socket.isClosed()) {
            try {
                packet.setLength(memory.length);
                socket.receive(packet);
                deliver((InetSocketAddress) packet.getSocketAddress(), ByteBuffer.wrap(memory, 0, packet.getLength()));
            } catch (IOException e) {
                end(new Failure(ErrorCode.NO_ROUTE, "UDP fails here: " + e.getMessage(), "check the network"));
            } catch (RuntimeException e) { // else the thread would end without a word
                end(new Failure(
                        ErrorCode.INVALID_ARGUMENT,
                        "the receiver of a direct tunnel failed on what arrived: " + e,
                        "mend the receiver: it must not throw"));
            }
        }
    }

    private void deliver(InetSocketAddress peer, ByteBuffer payload) {
        if (peers.contains(peer)) {
            lastHeardNanos = time.nanos();
            tally.received(payload.remaining());
            receiver.onDatagram(peer, payload);
        }
    }

    private void end(Failure failure) {
        if (!socket.isClosed()) {
            socket.close();
            receiver.onEnded(failure);
        }
    }

    @Override
    public Statistics statistics() {
        return tally.statistics(lastHeardNanos);
    }

    @Override
    public void close() {
        socket.close();
    }
}
