package io.callgate.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// A UDP port of loopback that behaves as a firewall might: it swallows what comes, or carries it on to a relay
/// and swallows what the relay answers.
final class LossyPath implements AutoCloseable {
    private static final int MAX_DATAGRAM_BYTES = 65_535;

    private final DatagramSocket socket;

    private LossyPath() {
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static LossyPath swallowingAll() {
        return new LossyPath();
    }

    static LossyPath swallowingAnswersOf(InetSocketAddress relay) {
        LossyPath path = new LossyPath();
        Thread.ofVirtual().start(() -> path.carryTo(relay));
        return path;
    }

    int port() {
        return socket.getLocalPort();
    }

    private void carryTo(InetSocketAddress relay) {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM_BYTES], MAX_DATAGRAM_BYTES);
        try (DatagramSocket onward = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            while (!socket.isClosed()) {
                packet.setLength(MAX_DATAGRAM_BYTES);
                socket.receive(packet);
                packet.setSocketAddress(relay);
                onward.send(packet);
            }
        } catch (IOException e) {
            socket.close(); // the test is over
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
