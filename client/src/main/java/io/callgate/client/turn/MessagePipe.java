package io.callgate.client.turn;

import io.callgate.wire.MalformedPacket;
import io.callgate.wire.turn.StreamFramer;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/// Whole STUN and ChannelData messages, over datagrams or a stream. One thread receives; any may send.
interface MessagePipe extends Closeable {
    /// Room for every message that [#receive] may deliver.
    int LARGEST_BYTES = 65_552;

    void send(byte[] message, int length) throws IOException;

    /// Blocks until a message is there.
    ///
    /// @return its bytes, written to the start of `memory`
    int receive(byte[] memory) throws IOException;

    /// Whether what is sent arrives or the pipe breaks; if not, requests must be repeated.
    boolean isReliable();

    /// The other end of the socket: the relay, or a proxy on the way to it.
    InetSocketAddress remote();

    static MessagePipe over(DatagramSocket socket) {
        return new Datagrams(socket);
    }

    static MessagePipe over(Socket socket) throws IOException {
        return new Stream(socket);
    }

    final class Datagrams implements MessagePipe {
        private final DatagramSocket socket;

        Datagrams(DatagramSocket socket) {
            this.socket = socket;
        }

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
        public boolean isReliable() {
            return false;
        }

        @Override
        public InetSocketAddress remote() {
            return (InetSocketAddress) socket.getRemoteSocketAddress();
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    final class Stream implements MessagePipe {
        private final Socket socket;
        private final OutputStream out;
        private final InputStream in;

        // What was read beyond the last message; the receiving thread's alone.
        private final byte[] ahead = new byte[2 * LARGEST_BYTES];
        private int aheadBytes;
        private boolean isTurn;

        Stream(Socket socket) throws IOException {
            this.socket = socket;
            this.out = socket.getOutputStream();
            this.in = socket.getInputStream();
        }

        @Override
        public void send(byte[] message, int length) throws IOException {
            synchronized (out) {
                out.write(message, 0, length);
            }
        }

        @Override
        public int receive(byte[] memory) throws IOException {
            int frameBytes = frameBytes();
            while (frameBytes == 0) {
                int read = in.read(ahead, aheadBytes, ahead.length - aheadBytes);
                if (read < 0) {
                    throw new EOFException("end of stream");
                }
                aheadBytes += read;
                frameBytes = frameBytes();
            }
            isTurn = true;
            System.arraycopy(ahead, 0, memory, 0, frameBytes);
            aheadBytes -= frameBytes;
            System.arraycopy(ahead, frameBytes, ahead, 0, aheadBytes);
            return frameBytes;
        }

        private int frameBytes() throws IOException {
            // No relay begins with channel data; "HTTP/1.1 400" would look like 21584 bytes of it.
            if (!isTurn && aheadBytes > 0 && (ahead[0] & 0xC0) != 0) {
                throw new NotTurnException(String.format("first byte 0x%02X", ahead[0]));
            }
            try {
                return StreamFramer.frameBytes(ByteBuffer.wrap(ahead), 0, aheadBytes);
            } catch (MalformedPacket e) {
                throw new NotTurnException(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public boolean isReliable() {
            return true;
        }

        @Override
        public InetSocketAddress remote() {
            return (InetSocketAddress) socket.getRemoteSocketAddress();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /// What came over a stream is no TURN: another server, or an error page of a firewall.
    final class NotTurnException extends IOException {
        NotTurnException(String message) {
            super(message);
        }
    }
}
