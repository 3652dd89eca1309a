package io.callgate.relay.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The portable [UdpNet]: Netty's datagram channels, with recvmmsg and sendmmsg where the loop is epoll.
/// One copy in and one copy out of the slab, and Netty's own objects a packet; nothing of ours is allocated.
final class NettyUdpNet implements UdpNet {
    private static final Logger log = LoggerFactory.getLogger(NettyUdpNet.class);
    private static final int READS_PER_EVENT = 16;
    private static final int BATCH_PACKETS = 64;
    private static final int SLOT_BYTES =
            PacketBatch.HEADROOM_BYTES + PacketBatch.MAX_PACKET_BYTES + 1 + PacketBatch.TAILROOM_BYTES;
    private static final WriteBufferWaterMark QUEUE_BYTES = new WriteBufferWaterMark(256 << 10, 512 << 10);
    private static final int ADDRESS_CACHE_SLOTS = 256;

    private final EventLoop loop;
    private final IoKind io;
    private final ByteBuffer slab = ByteBuffer.allocateDirect(SLOT_BYTES * BATCH_PACKETS);
    private final PacketBatch batch = new PacketBatch(slab, BATCH_PACKETS);
    private final List<NettySocket> dirty = new ArrayList<>();
    private final @Nullable InetSocketAddress[] addresses = new InetSocketAddress[ADDRESS_CACHE_SLOTS];
    private final long[] addressHighs = new long[ADDRESS_CACHE_SLOTS];
    private final long[] addressLows = new long[ADDRESS_CACHE_SLOTS];
    private final RecvByteBufAllocator receiveBuffers;

    /// @param loop a loop of kind `io`; every call must come from its thread
    NettyUdpNet(EventLoop loop, IoKind io) {
        this.loop = loop;
        this.io = io;
        this.receiveBuffers = io.datagramReceiveBuffers(PacketBatch.MAX_PACKET_BYTES + 1, READS_PER_EVENT);
    }

    @Override
    public UdpSocket bind(InetSocketAddress local, UdpReceiver receiver) throws IOException {
        return bind(local, receiver, false);
    }

    @Override
    public UdpSocket bindShared(InetSocketAddress local, UdpReceiver receiver) throws IOException {
        return bind(local, receiver, true);
    }

    private UdpSocket bind(InetSocketAddress local, UdpReceiver receiver, boolean shared) throws IOException {
        assert loop.inEventLoop();
        IoKind.DatagramSocket made = open(local.getAddress());
        DatagramChannel channel = made.channel();
        NettySocket socket = new NettySocket(channel, made.emptySender(), receiver);
        channel.config().setRecvByteBufAllocator(receiveBuffers).setWriteBufferWaterMark(QUEUE_BYTES);
        io.batchReads(channel, PacketBatch.MAX_PACKET_BYTES + 1);
        if (shared) {
            io.sharePort(channel);
            channel.config().setOption(ChannelOption.SO_RCVBUF, LISTENER_RECEIVE_BUFFER_BYTES);
        }
        channel.pipeline().addLast(socket);
        // On the loop's own thread register and bind are done when they return.
        ChannelFuture bound = loop.register(channel).isSuccess()
                ? channel.bind(local)
                : channel.newFailedFuture(new IOException("cannot wait for UDP " + local));
        if (!bound.isSuccess()) {
            channel.close();
            Throwable cause = bound.cause();
            throw cause instanceof IOException e ? e : new IOException("cannot bind UDP " + local, cause);
        }
        return socket;
    }

    private IoKind.DatagramSocket open(InetAddress local) throws IOException {
        try {
            return io.datagramSocket(local);
        } catch (ChannelException e) { // unchecked: no descriptors left, as a rule
            throw new IOException("cannot open a UDP socket: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean canSendWhole() {
        return false; // Netty has no way to say it of a single datagram
    }

    @Override
    public void gatherFor(Duration longest) {
        // Netty decides when its loop reads.
    }

    @Override
    public void flush() {
        for (int i = 0; i < dirty.size(); i++) {
            dirty.get(i).flush();
        }
        dirty.clear();
    }

    /// Netty wants an object for every receiver; most packets go to one of the last few.
    private InetSocketAddress socketAddress(long high, long low, int port) {
        long mixed = (high ^ low ^ ((long) port << 17)) * 0x9E37_79B9_7F4A_7C15L;
        int slot = (int) (mixed >>> 56);
        InetSocketAddress cached = addresses[slot];
        if (cached != null && cached.getPort() == port && addressHighs[slot] == high && addressLows[slot] == low) {
            return cached;
        }
        InetSocketAddress made = new InetSocketAddress(inetAddress(high, low), port);
        addresses[slot] = made;
        addressHighs[slot] = high;
        addressLows[slot] = low;
        return made;
    }

    private static InetAddress inetAddress(long high, long low) {
        try {
            boolean v4 = high == 0 && low >>> 32 == 0xFFFF;
            ByteBuffer octets = v4
                    ? ByteBuffer.allocate(4).putInt((int) low)
                    : ByteBuffer.allocate(16).putLong(high).putLong(low);
            return InetAddress.getByAddress(octets.array());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are the lengths of addresses", e);
        }
    }

    private static long high(byte[] octets) {
        return octets.length == 4 ? 0 : (long) readInt(octets, 0) << 32 | (readInt(octets, 4) & 0xFFFF_FFFFL);
    }

    private static long low(byte[] octets) {
        return octets.length == 4
                ? 0x0000_FFFF_0000_0000L | (readInt(octets, 0) & 0xFFFF_FFFFL)
                : (long) readInt(octets, 8) << 32 | (readInt(octets, 12) & 0xFFFF_FFFFL);
    }

    private static int readInt(byte[] octets, int at) {
        return (octets[at] & 0xFF) << 24
                | (octets[at + 1] & 0xFF) << 16
                | (octets[at + 2] & 0xFF) << 8
                | (octets[at + 3] & 0xFF);
    }

    private final class NettySocket extends ChannelInboundHandlerAdapter implements UdpSocket {
        private final DatagramChannel channel;
        private final IoKind.EmptySender emptySender;
        private final UdpReceiver receiver;
        private boolean queued;
        private long knownSystemDrops;

        NettySocket(DatagramChannel channel, IoKind.EmptySender emptySender, UdpReceiver receiver) {
            this.channel = channel;
            this.emptySender = emptySender;
            this.receiver = receiver;
        }

        @Override
        public int localPort() {
            return channel.localAddress().getPort();
        }

        @Override
        public boolean send(ByteBuffer memory, int offset, int length, long high, long low, int port, int fields) {
            if (!channel.isWritable()) {
                return false;
            }
            if (length == 0) {
                sendEmpty(socketAddress(high, low, port));
                return true;
            }
            ByteBuf copy = channel.alloc().directBuffer(length);
            memory.limit(offset + length).position(offset);
            copy.writeBytes(memory);
            memory.clear();
            channel.write(new DatagramPacket(copy, socketAddress(high, low, port)), channel.voidPromise());
            if (!queued) {
                queued = true;
                dirty.add(this);
            }
            return true;
        }

        private void sendEmpty(InetSocketAddress to) {
            channel.flush(); // what was queued before goes before
            try {
                emptySender.send(to);
            } catch (IOException e) {
                receiver.onSendFailure(this);
            }
        }

        private void flush() {
            queued = false;
            channel.flush();
        }

        @Override
        public long newSystemDrops() {
            long drops = channel.isOpen() ? io.systemDrops(channel) : knownSystemDrops;
            long fresh = (drops - knownSystemDrops) & 0xFFFF_FFFFL;
            knownSystemDrops = drops;
            return fresh;
        }

        @Override
        public void close() {
            channel.close();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            try {
                int length = packet.content().readableBytes();
                InetSocketAddress sender = packet.sender();
                if (length > PacketBatch.MAX_PACKET_BYTES || sender.getPort() == 0) {
                    receiver.onUnreadable(this);
                    return;
                }
                int start = batch.count() * SLOT_BYTES + PacketBatch.HEADROOM_BYTES;
                packet.content().readBytes(slab.limit(start + length).position(start));
                slab.clear();
                batch.add(
                        start,
                        length,
                        high(sender.getAddress().getAddress()),
                        low(sender.getAddress().getAddress()),
                        sender.getPort(),
                        IpFields.NONE);
            } finally {
                packet.release();
            }
            if (batch.room() == 0) {
                deliver();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            deliver();
        }

        private void deliver() {
            if (batch.count() > 0) {
                try {
                    receiver.onBatch(this, batch);
                } finally {
                    batch.clear();
                    NettyUdpNet.this.flush();
                }
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof IOException) {
                receiver.onSendFailure(this);
            } else { // no peer can cause this: a fault of ours, which no counter may hide
                log.atError().setCause(cause).log("udp.reader.failed");
            }
        }
    }
}
