package io.callgate.relay.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which of the system's ways to serve sockets the loops use, the best first. The one place where Netty's
/// transports are named.
public enum IoKind {
    /// Linux epoll, ports shared by all loops, and for UDP Linux's own calls: recvmmsg, sendmmsg, and datagrams
    /// that the kernel joins and cuts (decision 0033). On x86-64 and ARM64.
    LINUX,
    /// Linux epoll and ports shared by all loops, UDP by Netty.
    EPOLL,
    /// The JDK's selector, everywhere. A port belongs to one loop.
    NIO;

    private static final long MAX_UNSENT_BYTES = 4 << 10; // decision 0016
    private static final int NIO_SEND_BUFFER_BYTES = 32 << 10;
    // SO_MEMINFO of SOL_SOCKET: nine 32-bit figures, the last is SK_MEMINFO_DROPS (linux/sock_diag.h).
    private static final RawUnixChannelOption MEMORY_FIGURES = new RawUnixChannelOption("SO_MEMINFO", 1, 55, 36);
    private static final int DROPS_OFFSET = 32;

    private static final ByteBuffer NO_BYTES = ByteBuffer.allocateDirect(0);

    /// The best kind that works on this machine.
    public static IoKind best() {
        return available().getFirst();
    }

    /// The kinds that work on this machine, the best first.
    public static List<IoKind> available() {
        return Stream.of(values()).filter(kind -> kind.problem().isEmpty()).toList();
    }

    /// Why this kind does not work on this machine; empty if it does. The first call loads native code (tens of
    /// milliseconds).
    public Optional<String> problem() {
        return switch (this) {
            case LINUX -> EPOLL.problem().or(LinuxCalls::problem);
            case EPOLL ->
                Epoll.isAvailable()
                        ? Optional.empty()
                        : Optional.of(String.valueOf(Epoll.unavailabilityCause().getMessage()));
            case NIO -> Optional.empty();
        };
    }

    /// As options and logs name it.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    private boolean isEpoll() {
        return this != NIO;
    }

    /// Whether [UdpNet#bindShared] may be called on more than one loop for the same port.
    public boolean sharesPorts() {
        return isEpoll();
    }

    /// The UDP sockets of one loop.
    ///
    /// @param loop of a group with this [#handlerFactory]; every call must come from its thread
    /// @param nanos a clock, as [System#nanoTime] counts
    public UdpNet udpNet(EventLoop loop, LongSupplier nanos) {
        return this == LINUX ? new LinuxUdpNet((IoEventLoop) loop, nanos) : new NettyUdpNet(loop, this);
    }

    public IoHandlerFactory handlerFactory() {
        return switch (this) {
            case LINUX -> LinuxIoHandler.factory();
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    /// A new TCP listener; where ports are shared, one of the group of its port.
    public ServerChannel serverChannel() {
        return isEpoll() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    }

    public Class<? extends SocketChannel> socketChannelType() {
        return isEpoll() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /// For a library that makes its own UDP sockets.
    public Class<? extends DatagramChannel> datagramChannelType() {
        return isEpoll() ? EpollDatagramChannel.class : NioDatagramChannel.class;
    }

    /// Only for sockets of a group: the system then spreads datagrams or connections over the group.
    public void sharePort(Channel channel) {
        if (isEpoll()) {
            channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
        }
    }

    /// Keeps what the TCP socket below a stream has been given and cannot send yet small: there nothing can be
    /// dropped when it is late. The JDK can only bound what is sent and not acknowledged too, which bounds
    /// throughput with it.
    ///
    /// @param stream a connection, or a stream of HTTP/2 on one; others are left alone
    public void limitUnsent(Channel stream) {
        for (@Nullable Channel channel = stream; channel != null; channel = channel.parent()) {
            if (channel instanceof EpollSocketChannel) {
                channel.config().setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, MAX_UNSENT_BYTES);
            } else if (channel instanceof SocketChannel) {
                channel.config().setOption(ChannelOption.SO_SNDBUF, NIO_SEND_BUFFER_BYTES);
            }
        }
    }

    /// A datagram socket, and the way around Netty for what Netty's channels swallow: a write of no bytes.
    record DatagramSocket(DatagramChannel channel, EmptySender emptySender) {}

    /// Sends a datagram without payload, at once.
    interface EmptySender {
        void send(InetSocketAddress receiver) throws IOException;
    }

    DatagramSocket datagramSocket(InetAddress local) throws IOException {
        boolean isV4 = local instanceof Inet4Address;
        if (isEpoll()) {
            EpollDatagramChannel channel =
                    new EpollDatagramChannel(isV4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6);
            Socket descriptor = (Socket) channel.fd();
            return new DatagramSocket(
                    channel, to -> descriptor.sendTo(NO_BYTES.duplicate(), 0, 0, to.getAddress(), to.getPort()));
        }
        java.nio.channels.DatagramChannel descriptor = java.nio.channels.DatagramChannel.open(
                isV4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        return new DatagramSocket(new NioDatagramChannel(descriptor), to -> descriptor.send(NO_BYTES.duplicate(), to));
    }

    /// Several datagrams a system call. Never together with UDP_GRO in Netty 4.2.18, which then corrupts
    /// datagrams.
    void batchReads(DatagramChannel channel, int datagramBytes) {
        if (isEpoll()) {
            channel.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, datagramBytes);
        }
    }

    /// How many datagrams the system has thrown away for a socket since it was opened, modulo 2^32; 0 where it
    /// does not say.
    long systemDrops(DatagramChannel channel) {
        if (!isEpoll()) {
            return 0;
        }
        try {
            ByteBuffer figures = channel.config().getOption(MEMORY_FIGURES);
            return figures == null || figures.remaining() < MEMORY_FIGURES.length()
                    ? 0
                    : Integer.toUnsignedLong(
                            figures.order(ByteOrder.nativeOrder()).getInt(DROPS_OFFSET));
        } catch (ChannelException e) { // closed, or a kernel before 4.12
            return 0;
        }
    }

    RecvByteBufAllocator datagramReceiveBuffers(int datagramBytes, int datagrams) {
        return new FixedRecvByteBufAllocator(isEpoll() ? datagramBytes * datagrams : datagramBytes)
                .maxMessagesPerRead(datagrams);
    }
}
