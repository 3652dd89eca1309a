package io.callgate.relay;

import io.callgate.relay.tls.TlsVisits;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.turn.StreamFramer;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.ByteBuffer;

/// Messages both ways between a [WarmUpVisitor] and its relay, over whatever there is. Blocks, a second at most
/// for each packet.
interface WarmUpLine extends AutoCloseable {
    int PATIENCE_MILLIS = 1_000;

    void send(byte[] message, int length) throws IOException;

    /// @return the bytes of one message, at the start of `memory`
    int receive(byte[] memory) throws IOException, MalformedPacket;

    @Override
    void close() throws IOException;

    static WarmUpLine stream(InetSocketAddress relay) throws IOException {
        return new Stream(connect(relay));
    }

    static WarmUpLine tls(InetSocketAddress relay, TlsVisits ciphers) throws IOException {
        return new WarmUpTlsLine(connect(relay), ciphers.newHandler());
    }

    static WarmUpLine datagrams(InetSocketAddress relay) throws IOException {
        DatagramSocket socket = new DatagramSocket();
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(relay);
        return new Datagrams(socket);
    }

    private static Socket connect(InetSocketAddress relay) throws IOException {
        Socket socket = new Socket(Proxy.NO_PROXY); // whatever this JVM was told of proxies
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(relay, PATIENCE_MILLIS);
        return socket;
    }

    /// TCP.
    record Stream(Socket socket) implements WarmUpLine {
        @Override
        public void send(byte[] message, int length) throws IOException {
            socket.getOutputStream().write(message, 0, length);
        }

        @Override
        public int receive(byte[] memory) throws IOException, MalformedPacket {
            int available = 0;
            int frameBytes = 0;
            while (frameBytes == 0) {
                int read = socket.getInputStream().read(memory, available, memory.length - available);
                if (read < 0) {
                    throw new EOFException("closed by the stage");
                }
                available += read;
                frameBytes = StreamFramer.frameBytes(ByteBuffer.wrap(memory), 0, available);
            }
            return frameBytes;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /// UDP.
    record Datagrams(DatagramSocket socket) implements WarmUpLine {
        @Override
        public void send(byte[] message, int length) throws IOException {
            socket.send(new DatagramPacket(message, length));
        }

        @Override
        public int receive(byte[] memory) throws IOException {
            DatagramPacket packet = new DatagramPacket(memory, memory.length);
            socket.receive(packet);
            return packet.getLength();
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
