package io.callgate.relay;

import io.callgate.wire.Bytes;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.turn.StreamFramer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// A TCP connection to a relay that carries TURN: blocking, with a time limit on every receive.
final class StreamPeer implements TurnClient.Wire {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int HEADER_BYTES = 4;

    private final Socket socket = new Socket();

    /// @param receiveBufferBytes 0 for the system's choice, which grows
    StreamPeer(InetSocketAddress relay, int receiveBufferBytes) {
        try {
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes); // before the handshake, which tells the window
            }
            socket.connect(relay, TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException("no connection to " + relay, e);
        }
    }

    InputStream input() {
        try {
            return socket.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public void send(InetSocketAddress relay, byte[] message) {
        try {
            socket.getOutputStream().write(Arrays.copyOf(message, (message.length + 3) & ~3));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send " + message.length + " bytes to " + relay, e);
        }
    }

    /// The next whole message, padding included.
    @Override
    public UdpPeer.Datagram receive() {
        try {
            byte[] header = input().readNBytes(HEADER_BYTES);
            boolean isChannelData = header[0] >= 0x40;
            int length = ByteBuffer.wrap(header).getShort(2) & 0xFFFF;
            int rest = isChannelData ? (length + 3) & ~3 : 16 + length;
            byte[] message = Arrays.copyOf(header, HEADER_BYTES + rest);
            int read = input().readNBytes(message, HEADER_BYTES, rest);
            if (StreamFramer.frameBytes(ByteBuffer.wrap(message), 0, HEADER_BYTES + read) != message.length) {
                throw new AssertionError("relay cut a message of " + message.length + " bytes");
            }
            return new UdpPeer.Datagram((InetSocketAddress) socket.getRemoteSocketAddress(), Bytes.of(message));
        } catch (IOException e) {
            throw new UncheckedIOException("nothing came to " + address(), e);
        } catch (MalformedPacket e) {
            throw new AssertionError("relay lost the framing", e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
