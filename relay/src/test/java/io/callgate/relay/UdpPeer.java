package io.callgate.relay;

import io.callgate.wire.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A plain UDP socket on a loopback address, blocking, with a time limit on every receive.
final class UdpPeer implements TurnClient.Wire {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int MAX_DATAGRAM_BYTES = 65_535;

    private final DatagramSocket socket;
    private final byte[] buffer = new byte[MAX_DATAGRAM_BYTES];

    /// One datagram that came in.
    record Datagram(InetSocketAddress from, Bytes content) {
        byte[] bytes() {
            return content.toArray();
        }

        String text() {
            return new String(bytes(), StandardCharsets.UTF_8);
        }
    }

    private UdpPeer(InetAddress address) {
        try {
            socket = new DatagramSocket(new InetSocketAddress(address, 0));
            socket.setSoTimeout(TIMEOUT_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException("no socket on " + address, e);
        }
    }

    static UdpPeer v4() {
        return on("127.0.0.1");
    }

    static UdpPeer v6() {
        return on("::1");
    }

    static UdpPeer on(String literal) {
        return new UdpPeer(InetAddress.ofLiteral(literal));
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /// DSCP and ECN of what it sends from now on.
    void trafficClass(int tos) {
        try {
            socket.setTrafficClass(tos);
        } catch (IOException e) {
            throw new UncheckedIOException("no traffic class " + tos, e);
        }
    }

    void send(InetSocketAddress to, String text) {
        send(to, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void send(InetSocketAddress to, byte[] bytes) {
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, to));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send " + bytes.length + " bytes to " + to, e);
        }
    }

    /// The next datagram.
    @Override
    public Datagram receive() {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        try {
            socket.receive(packet);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing came to " + address(), e);
        }
        return new Datagram(
                (InetSocketAddress) packet.getSocketAddress(),
                Bytes.of(Arrays.copyOf(packet.getData(), packet.getLength())));
    }

    @Override
    public void close() {
        socket.close();
    }
}
