package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.CloudProxy;
import io.callgate.client.CloudTunnel;
import io.callgate.client.failure.Failure;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.model.Transport;
import io.callgate.testkit.TestIdentity;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What goes in comes out, byte for byte, and what does not is counted. `-Dpayload.packets=1000000` for the
/// long run.
@Timeout(600)
class CloudProxyPayloadTest {
    private static final int PACKETS = Integer.getInteger("payload.packets", 5_000);
    private static final int UNDER_WAY = 64;
    private static final SystemTime TIME = new SystemTime();

    /// Checks what comes back: each packet is made of its number alone.
    private static final class Checker implements DatagramTunnel.Receiver {
        private final Semaphore mayGo = new Semaphore(UNDER_WAY);
        private final BitSet seen = new BitSet(); // guarded by this
        private long wrong; // guarded by this
        private long twice; // guarded by this

        @Override
        public synchronized void onDatagram(InetSocketAddress peer, ByteBuffer payload) {
            int number = payload.remaining() < 4 ? -1 : payload.getInt(payload.position());
            if (number < 0 || number >= PACKETS || !packet(number).equals(payload)) {
                wrong++;
            } else if (seen.get(number)) {
                twice++;
            }
            seen.set(Math.max(0, number));
            mayGo.release();
        }

        @Override
        public void onEnded(Failure failure) {}
    }

    private static ByteBuffer packet(int number) {
        Random random = new Random(number);
        byte[] bytes = new byte[4 + random.nextInt(1200)];
        random.nextBytes(bytes);
        ByteBuffer packet = ByteBuffer.wrap(bytes);
        packet.putInt(0, number);
        return packet;
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP", "TLS"})
    void payloadsPassByteForByte(Transport transport) throws Exception {
        Checker checker = new Checker();
        try (LoopbackRelay relay = LoopbackRelay.start();
                LeaseDesk desk = LeaseDesk.open(LeaseDesk.candidate("one", relay.port(), transport));
                Echo echo = Echo.open();
                CloudProxy proxy = CloudProxy.builder(TIME)
                        .entry(desk.address())
                        .uid("alice")
                        .token(() -> "a.token.here")
                        .mode(RequestedMode.STANDARD)
                        .trust(Trust.pin(TestIdentity.ec().pin()))
                        .build()) {
            assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
            CloudTunnel tunnel = proxy.openTunnel(checker).get(20, TimeUnit.SECONDS);
            tunnel.open(echo.address(), Attempt.within(TIME, Duration.ofSeconds(5)));

            int lost = 0;
            for (int number = 0; number < PACKETS; number++) {
                if (!checker.mayGo.tryAcquire(2, TimeUnit.SECONDS)) {
                    lost++; // the place of one that never came back
                }
                assertThat(tunnel.send(echo.address(), packet(number))).isTrue();
            }
            int missing = 0;
            for (int i = 0; i < UNDER_WAY - lost; i++) {
                missing += checker.mayGo.tryAcquire(2, TimeUnit.SECONDS) ? 0 : 1;
            }

            synchronized (checker) {
                assertThat(checker.wrong).isZero();
                assertThat(checker.twice).isZero();
                assertThat(PACKETS - checker.seen.cardinality())
                        .as("lost, of " + PACKETS)
                        .isEqualTo(lost + missing)
                        .isLessThanOrEqualTo(PACKETS / 1000);
            }
            DatagramTunnel.Statistics counted = tunnel.statistics();
            assertThat(counted.sentDatagrams()).isEqualTo(PACKETS);
            assertThat(counted.receivedDatagrams()).isEqualTo(PACKETS - lost - missing);
            assertThat(counted.notSent()).isZero();
        }
    }
}
