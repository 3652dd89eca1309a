package io.callgate.relay.net;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// [UdpNet] by Linux's own system calls on own descriptors, which the loop's epoll waits for (decision 0033).
///
/// What a turn of the loop receives, from whatever sockets, stays where it was received until the turn ends;
/// then all that was sent meanwhile goes out together. Nothing is allocated per packet, and nothing is copied
/// but what does not come from a batch.
final class LinuxUdpNet implements UdpNet {
    private static final Logger log = LoggerFactory.getLogger(LinuxUdpNet.class);
    private static final int FEWEST_PLACES_TO_READ = 16;

    private final IoEventLoop loop;
    private final LinuxCalls calls = new LinuxCalls();
    private final Inbox inbox = new Inbox(calls);
    private final ErrorQueue errors = new ErrorQueue(calls);
    private final Outbox outbox = new Outbox(calls::send);
    private final LongSupplier nanos;
    private final Gather gather;
    private final Spare spareV4 = new Spare(true);
    private final Spare spareV6 = new Spare(false);
    private @Nullable LinuxIoHandler handler;
    private boolean isTurnEndDue;
    private int turnPackets;
    private boolean isDelivering;

    /// A socket for the next who asks: most of what the system does for one is done before, while nobody waits.
    /// The loop closes it with its others.
    private final class Spare {
        private final boolean isV4;
        private final Runnable refill = this::refill;
        private @Nullable LinuxUdpSocket ready;

        Spare(boolean isV4) {
            this.isV4 = isV4;
        }

        LinuxUdpSocket take() throws IOException {
            LinuxUdpSocket taken = ready;
            ready = null;
            loop.execute(refill); // tasks run when those who sent something have their answers
            return taken == null ? open(isV4, false) : taken;
        }

        private void refill() {
            if (ready != null || loop.isShuttingDown()) {
                return;
            }
            try {
                ready = open(isV4, false);
            } catch (IOException e) {
                // As when no descriptor is left: whoever asks next is told.
            }
        }
    }

    /// @param loop of a [LinuxIoHandler]; every call must come from its thread
    /// @param nanos the clock by which a busy loop gathers
    LinuxUdpNet(IoEventLoop loop, LongSupplier nanos) {
        this.loop = loop;
        this.nanos = nanos;
        this.gather = new Gather(DEFAULT_GATHER.toNanos(), nanos.getAsLong());
    }

    @Override
    public UdpSocket bind(InetSocketAddress local, UdpReceiver receiver) throws IOException {
        Spare spare = local.getAddress() instanceof Inet4Address ? spareV4 : spareV6;
        return bind(spare.take(), local, receiver);
    }

    @Override
    public UdpSocket bindShared(InetSocketAddress local, UdpReceiver receiver) throws IOException {
        return bind(open(local.getAddress() instanceof Inet4Address, true), local, receiver);
    }

    private UdpSocket bind(LinuxUdpSocket socket, InetSocketAddress local, UdpReceiver receiver) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SocketName.MAX_BYTES, Long.BYTES);
            ByteBuffer octets = ByteBuffer.wrap(octets(local.getAddress()));
            int bytes = SocketName.write(name, 0, socket.isV4(), octets.getLong(0), octets.getLong(8), local.getPort());
            calls.bind(socket.descriptor(), name, bytes, local);
            socket.bound(local.getPort() != 0 ? local.getPort() : calls.boundPort(socket.descriptor()), receiver);
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /// Makes a socket that lacks nothing but a name.
    private LinuxUdpSocket open(boolean isV4, boolean shared) throws IOException {
        assert loop.inEventLoop();
        FileDescriptor descriptor = new FileDescriptor(calls.socket(isV4));
        try {
            prepare(descriptor.intValue(), isV4, shared);
            LinuxUdpSocket socket = new LinuxUdpSocket(this, descriptor, isV4);
            // On the loop's own thread this is done when it returns.
            Future<IoRegistration> registered = loop.register(socket);
            if (!registered.isSuccess()) {
                throw new IOException("cannot wait for a UDP socket", registered.cause());
            }
            socket.registered(registered.getNow());
            return socket;
        } catch (IOException | RuntimeException e) {
            descriptor.close();
            throw e;
        }
    }

    private void prepare(int descriptor, boolean isV4, boolean shared) {
        calls.set(descriptor, LinuxCalls.SOL_UDP, LinuxCalls.UDP_GRO, 1); // an older kernel joins nothing: as well
        int level = isV4 ? LinuxCalls.SOL_IP : LinuxCalls.SOL_IPV6;
        calls.set(descriptor, level, isV4 ? LinuxCalls.IP_RECVTOS : LinuxCalls.IPV6_RECVTCLASS, 1);
        calls.set(
                descriptor,
                level,
                isV4 ? LinuxCalls.IP_MTU_DISCOVER : LinuxCalls.IPV6_MTU_DISCOVER,
                LinuxUdpSocket.usualDiscovery(isV4));
        if (!isV4) {
            calls.set(descriptor, LinuxCalls.SOL_IPV6, LinuxCalls.IPV6_V6ONLY, 1);
        }
        if (shared) { // by clients, who tell their own errors, by silence
            calls.set(descriptor, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_REUSEPORT, 1);
            calls.set(descriptor, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_RCVBUF, LISTENER_RECEIVE_BUFFER_BYTES);
            calls.set(descriptor, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_SNDBUF, LISTENER_SEND_BUFFER_BYTES);
        } else {
            calls.set(descriptor, level, isV4 ? LinuxCalls.IP_RECVERR : LinuxCalls.IPV6_RECVERR, 1);
        }
    }

    /// All 16; IPv4 as `::ffff:a.b.c.d`.
    private static byte[] octets(InetAddress address) {
        byte[] octets = address.getAddress();
        return octets.length == 16
                ? octets
                : ByteBuffer.allocate(16).putLong(0).putInt(0xFFFF).put(octets).array();
    }

    LinuxCalls calls() {
        return calls;
    }

    /// Told by the loop's handler with each socket that comes to it.
    void servedBy(LinuxIoHandler ofLoop) {
        handler = ofLoop;
    }

    /// Reads a socket once, and hands over what came.
    void read(LinuxUdpSocket socket) {
        if (inbox.freePlaces() < FEWEST_PLACES_TO_READ) {
            flush();
        }
        int places = inbox.freePlaces();
        int received = inbox.receive(socket.descriptor());
        if (received == 0) {
            return;
        }
        flushWhenTurnEnds();
        int first = inbox.firstOf(received);
        for (int place = first; place < first + received; place++) {
            if (inbox.batch().room() < inbox.datagrams(place)) {
                deliver(socket);
            }
            int unreadable = inbox.unpack(place);
            for (int i = 0; i < unreadable; i++) {
                socket.receiver().onUnreadable(socket);
            }
        }
        deliver(socket);
        if (received == places) { // there may be more, and the loop is told only of what is new
            socket.awaitDatagrams();
        }
    }

    /// Tells a socket's reader what ICMP has said.
    void readErrors(LinuxUdpSocket socket) {
        flushWhenTurnEnds();
        try {
            if (errors.drain(socket)) {
                socket.awaitDatagrams();
            }
        } catch (RuntimeException e) { // no peer can cause this: a fault of ours, which no counter may hide
            log.atError().setCause(e).log("udp.reader.failed");
        }
    }

    private void deliver(LinuxUdpSocket socket) {
        PacketBatch batch = inbox.batch();
        if (batch.count() == 0) {
            return;
        }
        turnPackets += batch.count();
        isDelivering = true;
        try {
            socket.receiver().onBatch(socket, batch);
        } catch (RuntimeException e) { // no peer can cause this: a fault of ours, which no counter may hide
            log.atError().setCause(e).log("udp.reader.failed");
        } finally {
            isDelivering = false;
            batch.clear();
        }
    }

    private void flushWhenTurnEnds() {
        if (!isTurnEndDue) {
            isTurnEndDue = true;
            Objects.requireNonNull(handler).whenTurnEnds(this);
        }
    }

    /// Every socket that had something was read.
    void onTurnEnd() {
        isTurnEndDue = false;
        try {
            flush();
        } catch (RuntimeException e) { // a fault of ours, which must not end the loop
            log.atError().setCause(e).log("udp.sender.failed");
        }
        long waitNanos = gather.isOn() ? gather.afterTurn(turnPackets, nanos.getAsLong()) : 0;
        turnPackets = 0;
        if (waitNanos > 0) {
            calls.sleep(waitNanos);
        }
    }

    @Override
    public boolean canSendWhole() {
        return true;
    }

    @Override
    public void gatherFor(Duration longest) {
        gather.window(longest.toNanos());
    }

    /// Queues one datagram of a socket that is open.
    @SuppressWarnings("ReferenceEquality") // which memory it is, not what stands there
    void queue(
            LinuxUdpSocket socket,
            ByteBuffer memory,
            int offset,
            int length,
            long high,
            long low,
            int port,
            int fields) {
        boolean isOfBatch = memory == inbox.batch().memory();
        if (!outbox.hasRoom(isOfBatch ? 0 : length)) {
            outbox.send();
        }
        long address = isOfBatch ? inbox.address() + offset : outbox.copy(memory, offset, length);
        outbox.add(socket, address, length, high, low, port, fields);
    }

    /// Sends what a socket has queued, before it closes.
    void sendQueued(LinuxUdpSocket socket) {
        outbox.send(socket);
    }

    @Override
    public void flush() {
        outbox.send();
        if (!isDelivering) { // else the rest of the batch still lies there
            inbox.free();
        }
    }
}
