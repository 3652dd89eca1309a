package io.callgate.relay.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.relay.net.IoKind;
import io.callgate.relay.net.PacketBatch;
import io.callgate.relay.net.UdpReceiver;
import io.callgate.relay.net.UdpSocket;
import io.callgate.testkit.FakeClock;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SystemDropsTest {
    private static final int FLOOD = 2_000;

    @ParameterizedTest
    @EnumSource(
            value = IoKind.class,
            names = {"LINUX", "EPOLL"})
    void tellsWhatTheSystemThrewAwayWhileTheLoopWasBusy(IoKind io) throws Exception {
        assumeTrue(io.problem().isEmpty(), "only Linux says what it threw away");
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, io.handlerFactory());
        try {
            EventLoop eventLoop = group.next();
            RelayLoop loop = new RelayLoop(0, eventLoop, io, new FakeClock());
            eventLoop.submit(() -> floodedWhileBusy(loop)).get(60, TimeUnit.SECONDS);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static Void floodedWhileBusy(RelayLoop loop) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        UdpSocket socket = loop.net().bind(new InetSocketAddress(loopback, 0), new Nobody());
        try (DatagramSocket sender = new DatagramSocket()) {
            for (int i = 0; i < FLOOD; i++) {
                sender.send(new DatagramPacket(new byte[1_400], 1_400, loopback, socket.localPort()));
            }
        }

        loop.systemDrops().ofRelayedAddress(socket);
        long once = loop.systemDrops().onRelayedAddresses();
        loop.systemDrops().ofRelayedAddress(socket);

        assertThat(once).isBetween(1L, (long) FLOOD);
        assertThat(loop.systemDrops().onRelayedAddresses())
                .as("nothing new, and nothing twice")
                .isEqualTo(once);
        socket.close();
        loop.systemDrops().ofRelayedAddress(socket);
        assertThat(loop.systemDrops().onRelayedAddresses()).isEqualTo(once);
        assertThat(loop.systemDrops().onListeners()).isZero();
        return null;
    }

    private static final class Nobody implements UdpReceiver {
        @Override
        public void onBatch(UdpSocket socket, PacketBatch batch) {}

        @Override
        public void onUnreadable(UdpSocket socket) {}

        @Override
        public void onIcmp(UdpSocket socket, long high, long low, int port, int type, int code, int mtuBytes) {}

        @Override
        public void onSendFailure(UdpSocket socket) {}
    }
}
