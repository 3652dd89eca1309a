package io.callgate.relay;

import io.callgate.wire.Bytes;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.turn.StreamFramer;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;

/// A TCP connection to a relay that carries TURN: blocking, with a time limit on every receive.
final class StreamPeer implements TurnClient.Wire {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int HEADER_BYTES = 4;

    private final PacedSocket raw = new PacedSocket();
    private Socket socket = raw;

    /// @param receiveBufferBytes 0 for the system's choice, which grows
    StreamPeer(InetSocketAddress relay, int receiveBufferBytes) {
        try {
            if (receiveBufferBytes > 0) {
                raw.setReceiveBufferSize(receiveBufferBytes); // before the handshake, which tells the window
            }
            raw.connect(relay, TIMEOUT_MILLIS);
            raw.setTcpNoDelay(true);
            raw.setSoTimeout(TIMEOUT_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException("no connection to " + relay, e);
        }
    }

    /// Goes on inside TLS.
    StreamPeer startTls() {
        try {
            SSLSocket tls = (SSLSocket) TlsClients.trustingAll()
                    .getSocketFactory()
                    .createSocket(raw, raw.getInetAddress().getHostAddress(), raw.getPort(), true);
            tls.startHandshake();
            socket = tls;
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("no TLS with " + raw, e);
        }
    }

    /// From now on takes no more bytes from the system than so many a second, encryption included.
    void pace(long bytesPerSecond) {
        raw.pace(bytesPerSecond);
    }

    private InputStream input() throws IOException {
        return socket.getInputStream();
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) raw.getLocalSocketAddress();
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
            if (header.length < HEADER_BYTES) {
                throw new EOFException("the relay closed");
            }
            boolean isChannelData = header[0] >= 0x40;
            int length = ByteBuffer.wrap(header).getShort(2) & 0xFFFF;
            int rest = isChannelData ? (length + 3) & ~3 : 16 + length;
            byte[] message = Arrays.copyOf(header, HEADER_BYTES + rest);
            int read = input().readNBytes(message, HEADER_BYTES, rest);
            if (StreamFramer.frameBytes(ByteBuffer.wrap(message), 0, HEADER_BYTES + read) != message.length) {
                throw new AssertionError("relay cut a message of " + message.length + " bytes");
            }
            return new UdpPeer.Datagram((InetSocketAddress) raw.getRemoteSocketAddress(), Bytes.of(message));
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

    /// A socket from which is read at a given pace.
    private static final class PacedSocket extends Socket {
        private static final long NANOS_PER_SECOND = 1_000_000_000;
        private static final long WAIT_NANOS = 2_000_000;

        private volatile long bytesPerSecond = Long.MAX_VALUE;
        private volatile long sinceNanos;
        private long countedSinceNanos; // as `taken` of the reading thread
        private long taken;

        private void pace(long bytes) {
            sinceNanos = System.nanoTime();
            bytesPerSecond = bytes;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    long allowed = allowedBytes();
                    while (allowed <= 0 && length > 0) {
                        LockSupport.parkNanos(WAIT_NANOS);
                        allowed = allowedBytes();
                    }
                    int count = super.read(bytes, offset, (int) Math.min(allowed, length));
                    taken += Math.max(0, count);
                    return count;
                }

                private long allowedBytes() {
                    long rate = bytesPerSecond;
                    if (rate == Long.MAX_VALUE) {
                        return rate;
                    }
                    if (countedSinceNanos != sinceNanos) {
                        countedSinceNanos = sinceNanos;
                        taken = 0;
                    }
                    return (long) ((double) (System.nanoTime() - countedSinceNanos) / NANOS_PER_SECOND * rate) - taken;
                }
            };
        }
    }
}
