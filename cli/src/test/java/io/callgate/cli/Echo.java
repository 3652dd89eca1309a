package io.callgate.cli;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// A peer on loopback that sends each datagram back.
record Echo(DatagramSocket socket) implements AutoCloseable {
    static Echo open() throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        socket.setReceiveBufferSize(4 << 20);
        Thread thread = new Thread(() -> serve(socket), "echo");
        thread.setDaemon(true);
        thread.start();
        return new Echo(socket);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private static void serve(DatagramSocket socket) {
        DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
        try {
            while (true) {
                packet.setLength(1500);
                socket.receive(packet);
                socket.send(packet);
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
