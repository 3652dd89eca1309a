package io.callgate.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/// How the messages of a TURN client travel.
interface Link extends AutoCloseable {
    void send(byte[] message);

    /// Waits for the next message.
    byte[] receive();

    /// The client's own end.
    InetSocketAddress address();

    @Override
    void close();

    /// @param relay where all goes
    static Link ofDatagrams(UdpPeer socket, InetSocketAddress relay) {
        return new Link() {
            @Override
            public void send(byte[] message) {
                socket.send(relay, message);
            }

            @Override
            public byte[] receive() {
                return socket.receive().bytes();
            }

            @Override
            public InetSocketAddress address() {
                return socket.address();
            }

            @Override
            public void close() {
                socket.close();
            }
        };
    }

    static Link ofSocket(Caller caller) {
        return ofStream(caller::send, caller.input(), caller.address(), caller::close);
    }

    /// Messages padded and cut as on every byte stream (RFC 8656 §12.5).
    static Link ofStream(Consumer<byte[]> output, InputStream input, InetSocketAddress address, Runnable onClose) {
        return new Link() {
            @Override
            public void send(byte[] message) {
                output.accept(Arrays.copyOf(message, (message.length + 3) & ~3));
            }

            @Override
            public byte[] receive() {
                try {
                    byte[] head = input.readNBytes(4);
                    if (head.length < 4) {
                        throw new IOException("the stream has ended");
                    }
                    int length = ByteBuffer.wrap(head).getShort(2) & 0xFFFF;
                    int rest = head[0] >= 0x40 ? length + 3 & ~3 : length + 16; // ChannelData or STUN
                    byte[] message = Arrays.copyOf(head, 4 + rest);
                    if (input.readNBytes(message, 4, rest) < rest) {
                        throw new IOException("the stream has ended within a message");
                    }
                    return message;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public InetSocketAddress address() {
                return address;
            }

            @Override
            public void close() {
                onClose.run();
            }
        };
    }
}
