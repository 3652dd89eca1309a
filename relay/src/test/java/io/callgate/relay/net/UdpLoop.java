package io.callgate.relay.net;

import io.callgate.wire.Bytes;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/// One event loop with its UDP sockets, and a way into it for a test.
final class UdpLoop implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 10;

    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;
    private final UdpNet net;

    UdpLoop(IoKind io) {
        group = new MultiThreadIoEventLoopGroup(1, io.handlerFactory());
        loop = group.next();
        net = io.udpNet(loop, System::nanoTime);
    }

    UdpNet net() {
        return net;
    }

    /// Does something on the loop's thread, and waits for it.
    <T> T call(Callable<T> work) {
        try {
            return loop.submit(work).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("on the loop", e);
        }
    }

    void run(Runnable work) {
        call(() -> {
            work.run();
            return true;
        });
    }

    Socket bind(String address) {
        return bind(address, new Receiver());
    }

    Socket bind(String address, Receiver receiver) {
        InetSocketAddress any = new InetSocketAddress(java.net.InetAddress.ofLiteral(address), 0);
        UdpSocket bound = call(() -> net.bind(any, receiver));
        return new Socket(bound, new InetSocketAddress(any.getAddress(), bound.localPort()), receiver);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, TIMEOUT_SECONDS, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /// A datagram with where it came from.
    record Datagram(Bytes content, long high, long low, int port, int fields) {
        byte[] bytes() {
            return content.toArray();
        }
    }

    /// What was said of a datagram.
    record Icmp(long high, long low, int port, int type, int code, int mtuBytes) {}

    /// Keeps what comes.
    static class Receiver implements UdpReceiver {
        final BlockingQueue<Datagram> received = new LinkedBlockingQueue<>();
        final AtomicInteger unreadable = new AtomicInteger();
        final AtomicInteger sendFailures = new AtomicInteger();
        final BlockingQueue<Icmp> icmp = new LinkedBlockingQueue<>();

        @Override
        public void onBatch(UdpSocket socket, PacketBatch batch) {
            for (int i = 0; i < batch.count(); i++) {
                byte[] bytes = new byte[batch.length(i)];
                batch.memory().get(batch.offset(i), bytes);
                received.add(
                        new Datagram(Bytes.of(bytes), batch.high(i), batch.low(i), batch.port(i), batch.fields(i)));
            }
        }

        @Override
        public void onUnreadable(UdpSocket socket) {
            unreadable.incrementAndGet();
        }

        @Override
        public void onIcmp(UdpSocket socket, long high, long low, int port, int type, int code, int mtuBytes) {
            icmp.add(new Icmp(high, low, port, type, code, mtuBytes));
        }

        @Override
        public void onSendFailure(UdpSocket socket) {
            sendFailures.incrementAndGet();
        }

        Datagram next() {
            return next(received);
        }

        Icmp nextIcmp() {
            return next(icmp);
        }

        private static <T> T next(BlockingQueue<T> queue) {
            try {
                T first = queue.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                if (first == null) {
                    throw new AssertionError("nothing came");
                }
                return first;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        List<byte[]> next(int count) {
            List<byte[]> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                all.add(next().bytes());
            }
            return all;
        }
    }

    /// A bound socket and who reads it.
    record Socket(UdpSocket udp, InetSocketAddress address, Receiver receiver) {
        /// On the loop; not flushed.
        boolean send(byte[] bytes, InetSocketAddress to) {
            return send(bytes, to, IpFields.NONE);
        }

        boolean send(byte[] bytes, InetSocketAddress to, int fields) {
            byte[] octets = to.getAddress().getAddress();
            ByteBuffer memory = ByteBuffer.allocateDirect(bytes.length).put(bytes);
            long high = octets.length == 4 ? 0 : ByteBuffer.wrap(octets).getLong();
            long low = octets.length == 4
                    ? 0x0000_FFFF_0000_0000L | (ByteBuffer.wrap(octets).getInt() & 0xFFFF_FFFFL)
                    : ByteBuffer.wrap(octets).getLong(8);
            return udp.send(memory.clear(), 0, bytes.length, high, low, to.getPort(), fields);
        }
    }
}
