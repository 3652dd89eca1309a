package io.callgate.e2e;

import io.callgate.testkit.Host;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/// A peer that sends every datagram back, and counts.
final class EchoPeer implements AutoCloseable {
    private final DatagramSocket socket;
    private final AtomicLong bytesReceived = new AtomicLong();
    private final AtomicLong bytesSent = new AtomicLong();

    /// On loopback.
    EchoPeer() throws IOException {
        this(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    private EchoPeer(DatagramSocket socket) {
        this.socket = socket;
        Thread.ofPlatform().daemon().name("echo peer").start(this::echo);
    }

    /// On a host of a laboratory.
    static EchoPeer on(Host host) {
        return new EchoPeer(host.inside(() -> new DatagramSocket(new InetSocketAddress(host.address(), 0))));
    }

    InetSocketAddress address() {
        return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
    }

    /// Payload, without any header.
    long bytesReceived() {
        return bytesReceived.get();
    }

    long bytesSent() {
        return bytesSent.get();
    }

    private void echo() {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        try {
            while (true) {
                packet.setLength(2048);
                socket.receive(packet);
                bytesReceived.addAndGet(packet.getLength());
                socket.send(packet);
                bytesSent.addAndGet(packet.getLength());
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
