package io.callgate.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.mode.OrderRules;
import io.callgate.client.mode.ProxyConfig;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.AllowlistKey;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.model.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every public method, called wrongly, early, late, twice and by many: what the Javadoc says happens, and
/// the object goes on.
@Timeout(60)
class CloudProxyContractTest {
    private static final TimeSource TIME = new TimeSource() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };

    private static final AllowlistKey KEY = AllowlistKey.parse("ed25519/11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    private static final LocalProxies LOCAL = new LocalProxies(
            new HostPort("sfu.test", 443),
            List.of(new Hop.Socks5(new HostPort("127.0.0.1", 9), Optional.empty())),
            ProxyConfig.LocalFallback.LOCAL_ONLY);

    private final List<CloudProxy> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(CloudProxy::close);
    }

    /// Nothing listens at its entry.
    private static CloudProxy.Builder builder() {
        return CloudProxy.builder(TIME)
                .entry("127.0.0.1:" + closedPort())
                .uid("alice")
                .token(() -> "a.token.here")
                .mode(RequestedMode.STANDARD);
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private CloudProxy proxy() {
        return proxy(builder());
    }

    private CloudProxy proxy(CloudProxy.Builder builder) {
        CloudProxy proxy = builder.build();
        open.add(proxy);
        return proxy;
    }

    private static final DatagramTunnel.Receiver NOBODY = new DatagramTunnel.Receiver() {
        @Override
        public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {}

        @Override
        public void onEnded(Failure failure) {}
    };

    @NullUnmarked
    static Stream<Consumer<CloudProxy.Builder>> nulls() {
        return Stream.of(
                builder -> builder.entry(null),
                builder -> builder.uid(null),
                builder -> builder.token(null),
                builder -> builder.app(null),
                builder -> builder.appSign("demo", null),
                builder -> builder.appSign(null, "sign"),
                builder -> builder.mode(null),
                builder -> builder.local(null),
                builder -> builder.region(null),
                builder -> builder.carrier(null),
                builder -> builder.transports(null),
                builder -> builder.trust(null),
                builder -> builder.through(null),
                builder -> builder.network(null),
                builder -> builder.probe(null),
                builder -> builder.store(null),
                builder -> builder.events(null),
                builder -> builder.rules(null),
                builder -> builder.giveUpAfter(null));
    }

    @ParameterizedTest(name = "builder method {index}")
    @MethodSource("nulls")
    void aNullIsRefusedAtOnceAndChangesNothing(Consumer<CloudProxy.Builder> call) {
        CloudProxy.Builder builder = builder();

        assertThatThrownBy(() -> call.accept(builder)).isInstanceOf(NullPointerException.class);

        assertThat(proxy(builder).start()).isEqualTo(ErrorCode.OK);
    }

    @Test
    @NullUnmarked
    void aNullIsRefusedByTheProxyToo() {
        CloudProxy proxy = proxy();

        assertThatThrownBy(() -> CloudProxy.builder(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> proxy.setMode(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> proxy.setLocal(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> proxy.openTunnel(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> proxy.allowlist(null)).isInstanceOf(NullPointerException.class);
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":443", "a b", "host:0", "host:65536", "host:x", "[::1", "-host", "http://host"})
    void anEntryThatIsNoneIsToldWithItsText(String entry) {
        assertThatThrownBy(() -> builder().entry(entry))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(entry.isEmpty() ? "" : entry.split(":", 2)[0]);
    }

    @Test
    void valuesOutOfRangeAreToldAtOnce() {
        CloudProxy.Builder builder = builder();

        for (Consumer<CloudProxy.Builder> call : List.<Consumer<CloudProxy.Builder>>of(
                it -> it.uid(""),
                it -> it.uid("a b"),
                it -> it.uid("x".repeat(129)),
                it -> it.app(""),
                it -> it.region(""),
                it -> it.mode(RequestedMode.LOCAL),
                it -> it.allowlistVersion(-1),
                it -> it.giveUpAfter(Duration.ZERO),
                it -> it.giveUpAfter(Duration.ofSeconds(-1)))) {
            assertThatThrownBy(() -> call.accept(builder)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(proxy(builder).setMode(RequestedMode.LOCAL)).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> CloudProxy.builder(TIME).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no uid");
        assertThatThrownBy(() -> CloudProxy.builder(TIME).uid("alice").build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("token");
        assertThatThrownBy(() ->
                        CloudProxy.builder(TIME).uid("alice").token(() -> "x").build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no entry");
    }

    @Test
    void beforeACallThereIsNothing() {
        CloudProxy proxy = proxy();

        assertThat(proxy.state()).isEqualTo("CONFIGURED");
        assertThat(proxy.plan()).isEmpty();
        assertThat(proxy.stop()).isEqualTo(ErrorCode.OK);
        assertThatThrownBy(() -> proxy.openTunnel(NOBODY).get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        PathException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_INITIALIZED));
        assertThat(proxy.allowlist(KEY)).failsWithin(Duration.ofSeconds(5));
        assertThatThrownBy(() -> proxy.signallingSockets().createSocket("sfu.test", 443))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no way through now");
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
    }

    @Test
    void aSecondStartIsTooLate() {
        CloudProxy proxy = proxy();

        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
        assertThat(proxy.start()).isIn(ErrorCode.CALLED_TOO_LATE, ErrorCode.OK); // OK once the call has failed
        assertThat(proxy.stop()).isEqualTo(ErrorCode.OK);
        assertThat(proxy.stop()).isEqualTo(ErrorCode.OK);
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
    }

    @Test
    void aTunnelThatWaitsForItsPathEndsWithTheCall() {
        CloudProxy proxy = proxy(builder().entry("192.0.2.1:443")); // nobody answers there
        proxy.start();
        var tunnel = proxy.openTunnel(NOBODY);

        proxy.stop();

        assertThat(tunnel).failsWithin(Duration.ofSeconds(5));
    }

    @Test
    void afterCloseEverythingIsNotInitialized() {
        CloudProxy proxy = proxy();
        proxy.start();
        var waiting = proxy.openTunnel(NOBODY);
        proxy.close();
        proxy.close();

        assertThat(waiting).failsWithin(Duration.ofSeconds(5));
        assertThat(proxy.state()).isEqualTo("CLOSED");
        assertThat(proxy.start()).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(proxy.stop()).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(proxy.setMode(RequestedMode.UDP)).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(proxy.engineCreated()).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(proxy.plan()).isEmpty();
        assertThat(proxy.openTunnel(NOBODY)).failsWithin(Duration.ofSeconds(5));
        assertThat(proxy.allowlist(KEY)).failsWithin(Duration.ofSeconds(5));
        assertThat(proxy.setLocal(LOCAL)).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(proxy.trace().text()).isNotEmpty();
        assertThat(proxy.trace().json()).startsWith("[");
    }

    @Test
    void aFacadesOrderIsKept() {
        CloudProxy zego = proxy(builder().rules(OrderRules.ZEGO));
        assertThat(zego.engineCreated()).isEqualTo(ErrorCode.OK);
        assertThat(zego.setMode(RequestedMode.UDP)).isEqualTo(ErrorCode.CALLED_TOO_LATE);

        CloudProxy agora = proxy(builder().rules(OrderRules.AGORA));
        assertThat(agora.setMode(RequestedMode.UDP)).isEqualTo(ErrorCode.MUST_DISABLE_FIRST);
        assertThat(agora.setMode(RequestedMode.NONE)).isEqualTo(ErrorCode.OK);
        assertThat(agora.setMode(RequestedMode.UDP)).isEqualTo(ErrorCode.OK);
    }

    @Test
    void whatAListenerThrowsGoesIntoTheTraceAndNoFurther() throws InterruptedException {
        CountDownLatch failed = new CountDownLatch(1);
        CloudProxy proxy = proxy(builder().events(new ProxyEvents() {
            @Override
            public void onStateChanged(String from, String to) {
                throw new IllegalStateException("a listener's defect");
            }

            @Override
            public void onFailed(Failure failure) {
                failed.countDown();
            }
        }));

        proxy.start();

        assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(proxy.trace().text()).contains("a listener's defect");
    }

    @Test
    void aListenerMayCallTheProxy() throws InterruptedException {
        CountDownLatch again = new CountDownLatch(3);
        List<CloudProxy> known = new ArrayList<>();
        CountDownLatch ready = new CountDownLatch(1);
        known.add(proxy(builder().events(new ProxyEvents() {
            @Override
            public void onFailed(Failure failure) {
                try {
                    ready.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                again.countDown();
                if (again.getCount() > 0) {
                    known.get(0).start();
                }
            }
        })));
        ready.countDown();

        known.get(0).start();

        assertThat(again.await(20, TimeUnit.SECONDS)).isTrue();
    }

    /// Whatever order the calls come in, none throws what it should not, and afterwards a call begins as
    /// ever.
    @Test
    void manyThreadsMayCallEverything() throws Exception {
        CloudProxy proxy = proxy(builder()
                .probe(DirectProbe.of(
                        new HostPort("127.0.0.1", closedPort()), new HostPort("127.0.0.1", closedPort()), TIME)));
        List<RequestedMode> modes =
                List.of(RequestedMode.NONE, RequestedMode.SMART, RequestedMode.STANDARD, RequestedMode.UDP);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> calls = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            Random random = new Random(thread);
            calls.add(threads.submit(() -> {
                for (int i = 0; i < 100; i++) {
                    switch (random.nextInt(6)) {
                        case 0 -> proxy.start();
                        case 1 -> proxy.stop();
                        case 2 -> proxy.setMode(modes.get(random.nextInt(modes.size())));
                        case 3 -> proxy.openTunnel(NOBODY);
                        case 4 -> proxy.trace().json();
                        default -> proxy.plan();
                    }
                }
            }));
        }
        for (Future<?> call : calls) {
            assertThatCode(() -> call.get(30, TimeUnit.SECONDS)).doesNotThrowAnyException();
        }
        threads.shutdown();

        assertThat(proxy.stop()).isEqualTo(ErrorCode.OK);
        assertThat(proxy.setMode(RequestedMode.STANDARD)).isEqualTo(ErrorCode.OK);
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
        assertThat(proxy.trace().text()).doesNotContain("a defect of the SDK");
    }
}
