package io.callgate.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.mode.OrderRules;
import io.callgate.client.mode.ProxyConfig;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.network.Network;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.AllowlistKey;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.model.TimeSource;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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
                builder -> builder.regions(null),
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
        CloudProxy proxy = proxy(builder().probe(closed()));

        inManyThreads(random -> call(proxy, random, random.nextInt(CALLS)));

        assertThat(proxy.stop()).isEqualTo(ErrorCode.OK);
        assertThat(proxy.setMode(RequestedMode.NONE)).isEqualTo(ErrorCode.OK);
        assertThat(proxy.setMode(RequestedMode.STANDARD)).isEqualTo(ErrorCode.OK);
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
        assertThat(proxy.trace().text()).doesNotContain("a defect of the SDK");
    }

    /// Nobody knows who comes first; the others find it closed and nothing worse.
    @Test
    void anyOfThemMayCloseIt() throws Exception {
        CloudProxy proxy = proxy(builder().probe(closed()));

        inManyThreads(random -> {
            call(proxy, random, random.nextInt(CALLS));
            if (random.nextInt(50) == 0) {
                proxy.close();
            }
        });

        assertThat(proxy.start()).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(proxy.state()).isEqualTo("CLOSED");
        assertThat(proxy.openTunnel(NOBODY)).failsWithin(Duration.ofSeconds(5));
    }

    private static final int CALLS = 11;
    private static final List<RequestedMode> MODES =
            List.of(RequestedMode.NONE, RequestedMode.SMART, RequestedMode.STANDARD, RequestedMode.UDP);

    private static DirectProbe closed() {
        HostPort nobody = new HostPort("127.0.0.1", closedPort());
        return DirectProbe.of(nobody, nobody, TIME);
    }

    private static void call(CloudProxy proxy, Random random, int which) {
        switch (which) {
            case 0 -> proxy.start();
            case 1 -> proxy.stop();
            case 2 -> proxy.setMode(MODES.get(random.nextInt(MODES.size())));
            case 3 -> proxy.openTunnel(NOBODY);
            case 4 -> proxy.trace().json();
            case 5 -> proxy.setLocal(LOCAL);
            case 6 -> proxy.engineCreated();
            case 7 -> proxy.allowlist(KEY);
            case 8 -> proxy.state();
            case 9 -> {
                try {
                    proxy.signallingSockets().createSocket("127.0.0.1", 9).close();
                } catch (IOException e) {
                    // There is no way through, or nobody at its end.
                }
            }
            default -> proxy.plan();
        }
    }

    private static void inManyThreads(Consumer<Random> work) {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> calls = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            Random random = new Random(thread);
            calls.add(threads.submit(() -> {
                for (int i = 0; i < 100; i++) {
                    work.accept(random);
                }
            }));
        }
        for (Future<?> call : calls) {
            assertThatCode(() -> call.get(30, TimeUnit.SECONDS)).doesNotThrowAnyException();
        }
        threads.shutdown();
    }

    // ------------------------------------------------------------------------------ what the app gives, and hangs

    enum Hanging {
        TOKEN,
        PROBE,
        STORE,
        LISTENER
    }

    /// Each call is timed once everything has been called before, so that no class is loaded meanwhile; of
    /// several times the shortest counts: what hangs is never quick, and a busy machine is now and then.
    @ParameterizedTest
    @EnumSource
    void nothingThatHangsHoldsUpTheCaller(Hanging hanging) {
        everyCall(proxy());
        CountDownLatch never = new CountDownLatch(1);

        List<Duration> shortest = everyCall(proxy(with(hanging, never)));
        for (int i = 0; i < 4; i++) {
            List<Duration> took = everyCall(proxy(with(hanging, never)));
            for (int call = 0; call < took.size(); call++) {
                shortest.set(call, Collections.min(List.of(shortest.get(call), took.get(call))));
            }
        }

        assertThat(shortest).allSatisfy(each -> assertThat(each).isLessThan(Duration.ofMillis(100)));
        never.countDown();
    }

    private static List<Duration> everyCall(CloudProxy proxy) {
        List<Duration> took = new ArrayList<>();
        for (Runnable call : List.<Runnable>of(
                proxy::start,
                () -> proxy.openTunnel(NOBODY),
                proxy::plan,
                proxy::state,
                () -> proxy.setMode(RequestedMode.UDP),
                proxy::stop,
                () -> proxy.setMode(RequestedMode.SMART),
                proxy::start,
                () -> proxy.allowlist(KEY),
                () -> proxy.trace().text(),
                proxy::stop,
                proxy::close)) {
            long beganNanos = System.nanoTime();
            call.run();
            took.add(Duration.ofNanos(System.nanoTime() - beganNanos));
        }
        return took;
    }

    private static CloudProxy.Builder with(Hanging hanging, CountDownLatch never) {
        CloudProxy.Builder builder = builder();
        return switch (hanging) {
            case TOKEN ->
                builder.token(() -> {
                    hang(never);
                    return "";
                });
            case PROBE ->
                builder.mode(RequestedMode.SMART).probe(new DirectProbe() {
                    @Override
                    public boolean signalling(Attempt attempt) {
                        hang(never);
                        return false;
                    }

                    @Override
                    public boolean media(Attempt attempt) {
                        hang(never);
                        return false;
                    }
                });
            case STORE ->
                builder.store(new LeaseStore() {
                    @Override
                    public Optional<String> load() {
                        hang(never);
                        return Optional.empty();
                    }

                    @Override
                    public void save(String lease) {
                        hang(never);
                    }
                });
            case LISTENER ->
                builder.events(new ProxyEvents() {
                    @Override
                    public void onStateChanged(String from, String to) {
                        hang(never);
                    }
                });
        };
    }

    private static void hang(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// It must not by its contract; if it does, that is the matter of whoever asks for it, and of nobody else.
    @Test
    void aNetworkMonitorThatHangsHoldsUpNobodyElse() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        CloudProxy proxy = proxy(builder().network(new NetworkMonitor() {
            @Override
            public Network current() {
                asked.countDown();
                hang(never);
                return Network.OFFLINE;
            }

            @Override
            public void listen(Listener listener) {}

            @Override
            public void forget(Listener listener) {}

            @Override
            public void close() {}
        }));
        Thread starter = new Thread(proxy::start);
        starter.setDaemon(true);
        starter.start();
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(proxy.state()).isEqualTo("CONFIGURED");
        assertThat(proxy.stop()).isEqualTo(ErrorCode.OK);
        proxy.close();

        never.countDown();
    }

    // ---------------------------------------------------------------------------------------------- the default entry

    /// Prints why no call comes of the entry in `callgate.properties`.
    static final class DefaultEntryProgram {
        private DefaultEntryProgram() {}

        public static void main(String[] arguments) throws InterruptedException {
            CountDownLatch told = new CountDownLatch(1);
            CloudProxy proxy = CloudProxy.builder(TIME)
                    .uid("alice")
                    .token(() -> "a.token.here")
                    .mode(RequestedMode.STANDARD)
                    .events(new ProxyEvents() {
                        @Override
                        public void onFailed(Failure failure) {
                            System.out.println(failure.cause());
                            told.countDown();
                        }
                    })
                    .build();
            proxy.start();
            told.await(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void withoutAnEntryThatOfTheClassPathIsAsked(@TempDir Path folder) throws Exception {
        int nobody = closedPort();
        Files.writeString(folder.resolve("callgate.properties"), "entry = 127.0.0.1:" + nobody + " ,\n");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        folder + File.pathSeparator + System.getProperty("java.class.path"),
                        DefaultEntryProgram.class.getName())
                .redirectErrorStream(true)
                .start();

        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(printed).contains("TCP to 127.0.0.1:" + nobody + " is refused");
        assertThat(process.waitFor()).isZero();
    }
}
