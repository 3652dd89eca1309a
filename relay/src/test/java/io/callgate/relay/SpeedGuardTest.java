package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.relay.net.IoKind;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/// Fails when the relay has become grossly slower. CPU time of its loop, a packet, by that of [PlainForwarder]
/// under the same load in the same seconds: a busy machine delays both and changes neither much (decision 0072).
class SpeedGuardTest {
    /// Twice what it was when this was written.
    private static final double MOST_RATIO = 1.3;

    private static final long SLOWED_NANOS = 500_000;

    private static final int BURST = 20;
    private static final int EXCHANGES_PER_WINDOW = 50;
    private static final int WINDOWS = 15;
    private static final int FEW_WINDOWS = 5; // enough to see what is far above the limit
    private static final int PAYLOAD_BYTES = 200;
    private static final int CHANNEL = 0x4000;

    /// Sends in bursts both ways through something that forwards, and waits for all of it on the other side.
    private interface Load {
        void exchange();
    }

    @Test
    void aRelayedPacketCostsNoMoreThanAPlainOne() {
        assertThat(ratio(System::nanoTime, WINDOWS))
                .as("CPU a packet, by that of a plain forwarder; 0.65 when this was written")
                .isLessThan(MOST_RATIO);
    }

    /// The guard itself: it must see a loop that spends half a millisecond more a batch.
    @Test
    void aRelayThatIsSlowedIsFoundOut() {
        assertThat(ratio(SpeedGuardTest::slowClock, FEW_WINDOWS)).isGreaterThan(MOST_RATIO);
    }

    /// The loop reads its clock once a batch.
    private static long slowClock() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime(); // of the processor, so that a busy machine makes it no shorter
        while (threads.getCurrentThreadCpuTime() - start < SLOWED_NANOS) {
            Thread.onSpinWait();
        }
        return System.nanoTime();
    }

    /// @param windows odd: the middle one counts; twice as many go before to warm up
    private static double ratio(LongSupplier clock, int windows) {
        assumeTrue(IoKind.LINUX.problem().isEmpty(), "the goal is for Linux's own sockets");
        byte[] payload = new byte[PAYLOAD_BYTES];
        try (RelayFixture relay = RelayFixture.startInTimeOf(new RelayFixture.State(), IoKind.LINUX, clock);
                TurnClient client = relay.client("bob");
                UdpPeer peer = UdpPeer.v4();
                UdpPeer plainClient = UdpPeer.v4();
                UdpPeer plainPeer = UdpPeer.v4();
                PlainForwarder plain = new PlainForwarder(plainPeer.address())) {
            InetSocketAddress relayed = client.allocate();
            client.permit(peer.address());
            client.bind(CHANNEL, peer.address());
            Load relayLoad = () -> {
                for (int i = 0; i < BURST; i++) {
                    client.sendOn(CHANNEL, payload);
                    peer.send(relayed, payload);
                }
                for (int i = 0; i < BURST; i++) {
                    peer.receive();
                    client.receiveRaw();
                }
            };
            plainClient.send(plain.front(), payload);
            plainPeer.receive();
            Load plainLoad = () -> {
                for (int i = 0; i < BURST; i++) {
                    plainClient.send(plain.front(), payload);
                    plainPeer.send(plain.back(), payload);
                }
                for (int i = 0; i < BURST; i++) {
                    plainPeer.receive();
                    plainClient.receive();
                }
            };
            long loop = RelayFixture.newestLoopThread();

            List<Double> ratios = new ArrayList<>();
            for (int window = 0; window < 3 * windows; window++) {
                double ofRelay = cpuNanos(loop, relayLoad);
                double ofPlain = cpuNanos(plain.threadId(), plainLoad);
                if (window >= 2 * windows) {
                    ratios.add(ofRelay / ofPlain);
                }
            }
            Collections.sort(ratios);
            return ratios.get(windows / 2);
        }
    }

    private static double cpuNanos(long thread, Load load) {
        long before = ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
        for (int i = 0; i < EXCHANGES_PER_WINDOW; i++) {
            load.exchange();
        }
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread) - before;
    }
}
