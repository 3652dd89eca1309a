package io.callgate.relay.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A UDP socket of [LinuxUdpNet]: its descriptor, waited for by the loop's epoll. Confined to the loop.
final class LinuxUdpSocket implements UdpSocket, EpollIoHandle {
    // Told once for what comes, not again for what lies there: a read that fills all places asks anew.
    private static final EpollIoOps WHEN_DATAGRAMS_COME = EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLET);

    private final LinuxUdpNet net;
    private final FileDescriptor descriptor;
    private final boolean isV4;
    private final Outbox.Chain chain = new Outbox.Chain();
    private @Nullable IoRegistration registration;
    private @Nullable UdpReceiver receiver;
    private int localPort;
    private long knownSystemDrops;

    /// One without a name: nothing comes to it, and nobody has it to send by.
    LinuxUdpSocket(LinuxUdpNet net, FileDescriptor descriptor, boolean isV4) {
        this.net = net;
        this.descriptor = descriptor;
        this.isV4 = isV4;
    }

    void registered(IoRegistration made) {
        registration = made;
        awaitDatagrams();
    }

    /// It has a name from now on, and somebody who reads.
    void bound(int port, UdpReceiver reader) {
        localPort = port;
        receiver = reader;
    }

    /// Has the loop tell of what lies there now and of what comes.
    void awaitDatagrams() {
        if (registration != null && registration.isValid()) {
            registration.submit(WHEN_DATAGRAMS_COME);
        }
    }

    LinuxUdpNet net() {
        return net;
    }

    int descriptor() {
        return descriptor.intValue();
    }

    boolean isOpen() {
        return descriptor.isOpen();
    }

    boolean isV4() {
        return isV4;
    }

    Outbox.Chain chain() {
        return chain;
    }

    /// Of a socket with a name.
    UdpReceiver receiver() {
        return Objects.requireNonNull(receiver);
    }

    /// Whether the datagrams sent from now on may be fragmented on their way.
    void sendWhole(boolean whole) {
        net.calls()
                .set(
                        descriptor(),
                        isV4 ? LinuxCalls.SOL_IP : LinuxCalls.SOL_IPV6,
                        isV4 ? LinuxCalls.IP_MTU_DISCOVER : LinuxCalls.IPV6_MTU_DISCOVER,
                        whole ? LinuxCalls.PMTUDISC_PROBE : usualDiscovery(isV4));
    }

    /// Which datagrams may be fragmented, unless one is sent whole. RFC 8656 §14 copies the DF bit of what came
    /// in; Linux tells nobody that bit, and the alternative is to take it for 0. In IPv6 only the sender
    /// fragments, so there it must go on learning what fits.
    static int usualDiscovery(boolean isV4) {
        return isV4 ? LinuxCalls.PMTUDISC_OMIT : LinuxCalls.PMTUDISC_WANT;
    }

    void onSendFailure(int datagrams) {
        for (int i = 0; i < datagrams; i++) {
            receiver().onSendFailure(this);
        }
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public void handle(IoRegistration registered, IoEvent event) {
        if (isOpen() && ((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLERR)) {
            net.readErrors(this);
        }
        if (isOpen()) {
            net.read(this);
        }
    }

    @Override
    public int localPort() {
        return localPort;
    }

    @Override
    public boolean send(ByteBuffer memory, int offset, int length, long high, long low, int port, int fields) {
        if (!isOpen()) {
            return false;
        }
        if (isV4 != SocketName.isV4(high, low)) {
            receiver().onSendFailure(this); // no route from one family to the other
            return true;
        }
        net.queue(this, memory, offset, length, high, low, port, fields);
        return true;
    }

    @Override
    public long newSystemDrops() {
        long drops = isOpen() ? net.calls().drops(descriptor()) : knownSystemDrops;
        long fresh = (drops - knownSystemDrops) & 0xFFFF_FFFFL;
        knownSystemDrops = drops;
        return fresh;
    }

    @Override
    public void close() {
        if (!isOpen()) {
            return;
        }
        net.sendQueued(this);
        if (registration != null) {
            registration.cancel();
        }
        try {
            descriptor.close();
        } catch (IOException e) {
            // The kernel has closed it all the same: it only reports what a write before could not do.
        }
    }
}
