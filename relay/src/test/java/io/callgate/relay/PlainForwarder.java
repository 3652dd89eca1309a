package io.callgate.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/// The least that a relay can do, written as one first would: a selector, one receive and one send a packet, no
/// rule and no header. What [SpeedGuardTest] holds the relay's speed against: both run on the same machine, at
/// the same time.
final class PlainForwarder implements AutoCloseable {
    private static final int BUFFER_BYTES = 2_048;

    private final Selector selector;
    private final DatagramChannel front;
    private final DatagramChannel back;
    private final InetSocketAddress peer;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Thread thread = new Thread(this::run, "plain-forwarder");
    private @Nullable InetSocketAddress client;

    PlainForwarder(InetSocketAddress peer) {
        this.peer = peer;
        try {
            selector = Selector.open();
            front = open();
            back = open();
        } catch (IOException e) {
            throw new UncheckedIOException("no sockets to forward by", e);
        }
        thread.start();
    }

    private DatagramChannel open() throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return channel;
    }

    /// Where a client sends to.
    InetSocketAddress front() {
        return address(front);
    }

    /// Where the peer sends to; the last client gets it.
    InetSocketAddress back() {
        return address(back);
    }

    long threadId() {
        return thread.threadId();
    }

    private static InetSocketAddress address(DatagramChannel channel) {
        return (InetSocketAddress) channel.socket().getLocalSocketAddress();
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(key -> forward((DatagramChannel) key.channel()));
            }
        } catch (IOException | ClosedSelectorException e) {
            // closed: the test is over
        }
    }

    private void forward(DatagramChannel from) {
        try {
            for (InetSocketAddress sender = receive(from); sender != null; sender = receive(from)) {
                if (from.equals(front)) {
                    client = sender;
                    back.send(buffer, peer);
                } else if (client != null) {
                    front.send(buffer, client);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot forward", e);
        }
    }

    private @Nullable InetSocketAddress receive(DatagramChannel from) throws IOException {
        buffer.clear();
        InetSocketAddress sender = (InetSocketAddress) from.receive(buffer);
        buffer.flip();
        return sender;
    }

    @Override
    public void close() {
        try {
            selector.close();
            front.close();
            back.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close", e);
        }
    }
}
