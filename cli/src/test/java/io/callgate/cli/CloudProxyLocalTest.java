package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.CloudProxy;
import io.callgate.client.LocalProxies;
import io.callgate.client.Plan;
import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.ProxyConfig.LocalFallback;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.testkit.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Mode LOCAL: through proxies of the customer's own, for which a relay stands in.
@Timeout(60)
class CloudProxyLocalTest {
    private static final SystemTime TIME = new SystemTime();

    private final EventLog events = new EventLog();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private HostPort proxy;
    private HostPort service;

    @BeforeEach
    void start() throws IOException {
        proxy = new HostPort("127.0.0.1", keep(LoopbackRelay.start()).port());
        service = new HostPort(
                "127.0.0.1",
                keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress())).getLocalPort());
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

    private static Hop socks5(HostPort at) {
        return new Hop.Socks5(at, Optional.empty());
    }

    private static Hop http(HostPort at) {
        return Hop.HttpConnect.plain(at, Optional.empty());
    }

    private static HostPort nobody() {
        return new HostPort("127.0.0.1", FreePort.take());
    }

    private CloudProxy.Builder builder(LocalFallback fallback, Hop... proxies) {
        return CloudProxy.builder(TIME)
                .local(new LocalProxies(service, List.of(proxies), fallback))
                .events(events);
    }

    private CloudProxy started(CloudProxy.Builder builder) {
        CloudProxy started = keep(builder.build());
        assertThat(started.start()).isEqualTo(ErrorCode.OK);
        return started;
    }

    @ParameterizedTest
    @EnumSource(names = {"LOCAL_SOCKS5", "LOCAL_HTTP"})
    void signallingGoesThroughTheFirstThatReachesTheService(EffectivePath path) throws Exception {
        boolean isSocks = path == EffectivePath.LOCAL_SOCKS5;
        CloudProxy local = started(builder(
                LocalFallback.LOCAL_ONLY,
                isSocks ? socks5(nobody()) : http(nobody()),
                isSocks ? socks5(proxy) : http(proxy)));

        Plan plan = events.awaitPlan(path);

        assertThat(plan.signalling().isDirect()).isFalse();
        assertThat(plan.iceServers()).isEmpty();
        try (Socket socket = local.signallingSockets().createSocket("127.0.0.1", service.port())) {
            assertThat(socket.isConnected()).isTrue();
        }
        assertThat(events.told()).contains("in use true");
        events.await("local proxy " + path + " CONNECTED OK");
        events.await("local proxy " + path + " FAILED TCP_REFUSED");
    }

    @Test
    void withoutAnyTheCallFailsAndSaysWhy() throws Exception {
        HostPort gone = nobody();
        CloudProxy local = started(builder(LocalFallback.LOCAL_ONLY, socks5(gone)));

        Failure failure = events.awaitFailure(ErrorCode.ALL_CANDIDATES_FAILED);

        assertThat(failure.cause()).contains("TCP to " + gone + " is refused");
        assertThat(events.told())
                .contains("local proxy LOCAL_SOCKS5 FAILED TCP_REFUSED")
                .noneMatch(it -> it.startsWith("local proxy") && it.contains("CONNECTED"));
        assertThat(local.state()).isEqualTo("FAILED");
    }

    @Test
    void connectivityFirstGoesDirectlyWhenNoneWorks() throws Exception {
        started(builder(LocalFallback.CONNECTIVITY_FIRST, http(nobody())).probe(new StandInProbe(true, true)));

        Plan plan = events.awaitPlan(EffectivePath.DIRECT);

        assertThat(plan.byFallback()).isTrue();
        assertThat(events.told()).contains("switching LOCAL_HTTP to DIRECT: NO_LOCAL_PROXY");
    }

    @Test
    void tunnelsAreRefusedWithTheReason() throws Exception {
        CloudProxy local = started(builder(LocalFallback.LOCAL_ONLY, socks5(proxy)));

        assertThatThrownBy(() -> local.openTunnel(new NoReceiver()).get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        PathException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UDP_BLOCKED));
    }

    @Test
    void localAndCloudExcludeEachOther() throws IOException {
        LeaseDesk desk = keep(LeaseDesk.open());
        LocalProxies proxies = new LocalProxies(service, List.of(socks5(proxy)), LocalFallback.LOCAL_ONLY);
        CloudProxy.Builder cloud = CloudProxy.builder(TIME)
                .entry(desk.address())
                .uid("alice")
                .token(() -> "a.token.here")
                .mode(RequestedMode.STANDARD);
        CloudProxy both = keep(cloud.build());

        assertThat(both.setLocal(proxies)).isEqualTo(ErrorCode.EXCLUSIVE_MODES);
        assertThat(both.setMode(RequestedMode.NONE)).isEqualTo(ErrorCode.OK);
        assertThat(both.setLocal(proxies)).isEqualTo(ErrorCode.OK);
        assertThat(both.setMode(RequestedMode.STANDARD)).isEqualTo(ErrorCode.EXCLUSIVE_MODES);
        assertThatThrownBy(() -> cloud.local(proxies).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("exclude each other");
        CloudProxy localOnly =
                keep(builder(LocalFallback.LOCAL_ONLY, socks5(proxy)).build());
        assertThat(localOnly.setMode(RequestedMode.NONE)).isEqualTo(ErrorCode.OK);
        assertThat(localOnly.setMode(RequestedMode.STANDARD)).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
}
