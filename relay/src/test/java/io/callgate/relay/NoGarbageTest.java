package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.callgate.relay.net.IoKind;
import io.callgate.wire.stun.AddressFamily;
import io.callgate.wire.stun.Attribute;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A relayed packet leaves no object of ours behind, in the whole loop: the socket calls, TURN, Netty's part.
class NoGarbageTest {
    private static final int BURST = 20;
    private static final int BURSTS = 500;
    private static final int WINDOWS = 150; // a machine that is busy compiles late

    /// The loop's own timers make a few objects a second, whatever is relayed.
    private static final double MOST_BYTES_PER_PACKET = 1;

    /// Netty's datagram, its buffer and its addresses: 310 bytes in IPv4, 470 in IPv6; what comes on top would be
    /// ours.
    private static final double MOST_BYTES_PER_PACKET_OF_NETTY = 600;

    private final ResourceLeakDetector.Level leakDetection = ResourceLeakDetector.getLevel();

    @BeforeEach
    void withoutLeakDetection() { // which allocates, for each buffer of Netty's
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void withLeakDetection() {
        ResourceLeakDetector.setLevel(leakDetection);
    }

    @ParameterizedTest
    @CsvSource({
        "LINUX, false, CHANNEL_DATA",
        "LINUX, false, SEND_AND_DATA",
        "LINUX, true, CHANNEL_DATA",
        "LINUX, true, SEND_AND_DATA",
        "EPOLL, false, CHANNEL_DATA",
        "EPOLL, false, SEND_AND_DATA",
        "EPOLL, true, CHANNEL_DATA",
        "EPOLL, true, SEND_AND_DATA"
    })
    void aRelayedPacketAllocatesNothingOfOurs(IoKind io, boolean ipv6, Way way) {
        assumeTrue(io.problem().isEmpty(), () -> String.valueOf(io.problem()));
        double most = io == IoKind.LINUX ? MOST_BYTES_PER_PACKET : MOST_BYTES_PER_PACKET_OF_NETTY;
        try (RelayFixture relay = RelayFixture.start(new RelayFixture.State(), 1, io);
                TurnClient client = ipv6 ? relay.client6("bob") : relay.client("bob");
                UdpPeer peer = ipv6 ? UdpPeer.v6() : UdpPeer.v4()) {
            InetSocketAddress relayed = ipv6
                    ? client.allocate(new Attribute.RequestedAddressFamily(AddressFamily.IPV6))
                    : client.allocate();
            client.permit(peer.address());
            if (way == Way.CHANNEL_DATA) {
                client.bind(0x4000, peer.address());
            }
            long loop = RelayFixture.newestLoopThread();

            double least = Double.MAX_VALUE;
            for (int window = 0; window < WINDOWS && least >= most; window++) { // while code warms up
                long before = allocatedBytes(loop);
                for (int i = 0; i < BURSTS; i++) {
                    exchange(client, peer, relayed, way);
                }
                least = Math.min(least, (double) (allocatedBytes(loop) - before) / (2 * BURST * BURSTS));
            }

            assertThat(least).as("bytes a packet").isLessThan(most);
        }
    }

    enum Way {
        CHANNEL_DATA,
        SEND_AND_DATA
    }

    private static void exchange(TurnClient client, UdpPeer peer, InetSocketAddress relayed, Way way) {
        byte[] payload = new byte[200];
        for (int i = 0; i < BURST; i++) {
            if (way == Way.CHANNEL_DATA) {
                client.sendOn(0x4000, payload);
            } else {
                client.sendTo(peer.address(), payload);
            }
            peer.send(relayed, payload);
        }
        for (int i = 0; i < BURST; i++) {
            peer.receive();
            client.receiveRaw();
        }
    }

    private static long allocatedBytes(long thread) {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getThreadAllocatedBytes(thread);
    }
}
