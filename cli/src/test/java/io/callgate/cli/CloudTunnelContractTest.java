package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.CloudProxy;
import io.callgate.client.CloudTunnel;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.model.Transport;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every method of a tunnel, called wrongly, early, late, twice and by many.
@Timeout(60)
class CloudTunnelContractTest {
    private static final SystemTime TIME = new SystemTime();

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private CloudProxy proxy;
    private Echo echo;

    @BeforeEach
    void start() throws IOException {
        echo = keep(Echo.open());
        LoopbackRelay relay = keep(LoopbackRelay.start());
        LeaseDesk desk = keep(LeaseDesk.open(LeaseDesk.candidate("one", relay.port(), Transport.UDP)));
        proxy = keep(CloudProxy.builder(TIME)
                .entry(desk.address())
                .uid("alice")
                .token(() -> "a.token.here")
                .mode(RequestedMode.UDP)
                .trust(Trust.pin(TestIdentity.ec().pin()))
                .build());
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T keep(T each) {
        toClose.add(each);
        return each;
    }

    private CloudTunnel tunnel() throws Exception {
        return proxy.openTunnel(new NoReceiver()).get(20, TimeUnit.SECONDS);
    }

    private static Attempt soon() {
        return Attempt.within(TIME, Duration.ofSeconds(5));
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count);
    }

    /// A call comes of it as ever.
    private void assertWorks() throws Exception {
        try (SteadyCall call = new SteadyCall(proxy, echo)) {
            call.awaitEchoes(5);
        }
    }

    @Test
    @NullUnmarked
    void aNullIsRefusedAndChangesNothing() throws Exception {
        CloudTunnel tunnel = tunnel();
        DatagramTunnel.Statistics before = tunnel.statistics();

        assertThatThrownBy(() -> tunnel.open(null, soon())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> tunnel.open(echo.address(), null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> tunnel.send(null, bytes(1))).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> tunnel.send(echo.address(), null)).isInstanceOf(NullPointerException.class);

        assertThat(tunnel.statistics().sentDatagrams()).isEqualTo(before.sentDatagrams());
        assertThat(tunnel.statistics().notSent()).isEqualTo(before.notSent());
        assertWorks();
    }

    @Test
    void aPeerThatIsNoneIsToldAtOnce() throws Exception {
        CloudTunnel tunnel = tunnel();

        for (InetSocketAddress peer : List.of(
                InetSocketAddress.createUnresolved("peer.test", 7),
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
            assertThatThrownBy(() -> tunnel.open(peer, soon()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("want an address and a port");
        }

        assertWorks();
    }

    @Test
    void whatCannotBeSentIsCounted() throws Exception {
        CloudTunnel tunnel = tunnel();

        assertThat(tunnel.send(echo.address(), bytes(10))).as("not open").isFalse();
        tunnel.open(echo.address(), soon());
        tunnel.open(echo.address(), soon());
        assertThat(tunnel.send(echo.address(), bytes(70_000))).as("no datagram").isFalse();
        assertThat(tunnel.send(echo.address(), bytes(10))).isTrue();

        assertThat(tunnel.statistics().notSent()).isEqualTo(2);
        assertThat(tunnel.statistics().sentDatagrams()).isEqualTo(1);
        assertThat(tunnel.statistics().sentBytes()).isEqualTo(10);
    }

    @Test
    void afterCloseNothingIsSent() throws Exception {
        CloudTunnel tunnel = tunnel();
        tunnel.open(echo.address(), soon());
        tunnel.close();
        tunnel.close();

        assertThat(tunnel.send(echo.address(), bytes(10))).isFalse();
        assertThat(tunnel.statistics().notSent()).isEqualTo(1);
        assertThatThrownBy(() -> tunnel.open(echo.address(), soon()))
                .isInstanceOfSatisfying(
                        PathException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_INITIALIZED));
        assertThatThrownBy(tunnel::relayedAddress)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the tunnel is closed");
        assertThatThrownBy(tunnel::mappedAddress).isInstanceOf(IllegalStateException.class);
        assertWorks();
    }

    @Test
    void theEndOfTheCallIsItsEnd() throws Exception {
        SteadyCall call = keep(new SteadyCall(proxy, echo));

        proxy.stop();

        assertThat(proxy.openTunnel(new NoReceiver())).failsWithin(Duration.ofSeconds(5));
        assertThat(call.awaitEnd().code()).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(call.tunnel().send(echo.address(), bytes(1))).isFalse();
    }

    @Test
    void manyThreadsMayCallEverything() throws Exception {
        CloudTunnel tunnel = tunnel();

        inManyThreads(tunnel, 50);

        assertThat(tunnel.send(echo.address(), bytes(1))).isFalse();
        assertWorks();
    }

    /// Each calls at random, and closes it at the end.
    private void inManyThreads(CloudTunnel tunnel, int calls) {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> done = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            Random random = new Random(thread);
            done.add(threads.submit(() -> {
                for (int i = 0; i < calls; i++) {
                    call(tunnel, random.nextInt(5));
                }
                tunnel.close();
            }));
        }
        for (Future<?> each : done) {
            assertThatCode(() -> each.get(30, TimeUnit.SECONDS)).doesNotThrowAnyException();
        }
        threads.shutdown();
    }

    private void call(CloudTunnel tunnel, int which) {
        try {
            switch (which) {
                case 0 -> tunnel.open(echo.address(), soon());
                case 1 -> tunnel.send(echo.address(), bytes(100));
                case 2 -> tunnel.statistics();
                case 3 -> tunnel.relayedAddress();
                default -> tunnel.mappedAddress();
            }
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("the tunnel is closed");
        } catch (PathException e) {
            assertThat(e.code()).isIn(ErrorCode.NOT_INITIALIZED, ErrorCode.RELAY_SILENT);
        }
    }
}
