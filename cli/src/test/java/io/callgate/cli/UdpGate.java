package io.callgate.cli;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// A firewall between clients and one relay, for UDP: it lets through, drops silently, or loses some.
final class UdpGate implements AutoCloseable {
    private final DatagramSocket outside;
    private final InetSocketAddress relay;
    private final Map<SocketAddress, DatagramSocket> inside = new ConcurrentHashMap<>();
    private final Random random = new Random(7);
    private volatile double loss;
    private long knocks; // guarded by this

    private UdpGate(DatagramSocket outside, int relayPort) {
        this.outside = outside;
        this.relay = new InetSocketAddress(InetAddress.getLoopbackAddress(), relayPort);
        start(this::forward);
    }

    /// Open.
    static UdpGate to(int relayPort) throws IOException {
        return new UdpGate(new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), relayPort);
    }

    int port() {
        return outside.getLocalPort();
    }

    void close(boolean closed) {
        loss = closed ? 1 : 0;
    }

    /// @param share of all datagrams, each way
    void lose(double share) {
        loss = share;
    }

    /// Waits until a client sends something from now on, whether it gets through or not.
    synchronized void awaitKnock() throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
        long before = knocks;
        while (knocks == before) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            if (leftMillis <= 0) {
                throw new AssertionError("nobody has knocked for 40 s");
            }
            wait(leftMillis);
        }
    }

    private synchronized void knocked() {
        knocks++;
        notifyAll();
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "udp-gate");
        thread.setDaemon(true);
        thread.start();
    }

    private boolean isLost() {
        synchronized (random) {
            return random.nextDouble() < loss;
        }
    }

    private void forward() {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            while (true) {
                packet.setLength(65_535);
                outside.receive(packet);
                knocked();
                if (!isLost()) {
                    DatagramSocket to = socketOf(packet.getSocketAddress());
                    to.send(new DatagramPacket(packet.getData(), packet.getLength(), relay));
                }
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private DatagramSocket socketOf(SocketAddress client) throws IOException {
        DatagramSocket known = inside.get(client);
        if (known != null) {
            return known;
        }
        DatagramSocket made = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        inside.put(client, made);
        start(() -> back(made, client));
        return made;
    }

    private void back(DatagramSocket from, SocketAddress client) {
        DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            while (true) {
                packet.setLength(65_535);
                from.receive(packet);
                if (!isLost()) {
                    outside.send(new DatagramPacket(packet.getData(), packet.getLength(), client));
                }
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    @Override
    public void close() {
        outside.close();
        inside.values().forEach(DatagramSocket::close);
    }
}
