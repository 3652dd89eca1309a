package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.callgate.relay.net.IoKind;
import io.callgate.wire.stun.AddressFamily;
import io.callgate.wire.stun.Attribute;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.Comparator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A relayed packet leaves no object behind, in the whole loop: Netty's part, the socket calls, TURN.
class NoGarbageTest {
    private static final int BURST = 20;
    private static final int BURSTS = 500;
    private static final int WINDOWS = 30;

    /// The loop's own timers make a few objects a second, whatever is relayed.
    private static final double MOST_BYTES_PER_PACKET = 1;

    @ParameterizedTest
    @CsvSource({"false, CHANNEL_DATA", "false, SEND_AND_DATA", "true, CHANNEL_DATA", "true, SEND_AND_DATA"})
    void aRelayedPacketAllocatesNothing(boolean ipv6, Way way) {
        assumeTrue(IoKind.LINUX.problem().isEmpty(), "Netty's UDP allocates");
        try (RelayFixture relay = RelayFixture.start(new RelayFixture.State(), 1, IoKind.LINUX);
                TurnClient client = ipv6 ? relay.client6("bob") : relay.client("bob");
                UdpPeer peer = ipv6 ? UdpPeer.v6() : UdpPeer.v4()) {
            InetSocketAddress relayed = ipv6
                    ? client.allocate(new Attribute.RequestedAddressFamily(AddressFamily.IPV6))
                    : client.allocate();
            client.permit(peer.address());
            if (way == Way.CHANNEL_DATA) {
                client.bind(0x4000, peer.address());
            }
            long loop = loopThread();

            double least = Double.MAX_VALUE;
            for (int window = 0; window < WINDOWS && least >= MOST_BYTES_PER_PACKET; window++) { // while code warms up
                long before = allocatedBytes(loop);
                for (int i = 0; i < BURSTS; i++) {
                    exchange(client, peer, relayed, way);
                }
                least = Math.min(least, (double) (allocatedBytes(loop) - before) / (2 * BURST * BURSTS));
            }

            assertThat(least).as("bytes a packet").isLessThan(MOST_BYTES_PER_PACKET);
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

    /// The newest: other tests' relays are closed or closing.
    private static long loopThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("relay-loop"))
                .max(Comparator.comparingLong(Thread::threadId))
                .orElseThrow()
                .threadId();
    }

    private static long allocatedBytes(long thread) {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getThreadAllocatedBytes(thread);
    }
}
