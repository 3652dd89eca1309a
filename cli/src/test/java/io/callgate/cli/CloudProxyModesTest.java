package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.CloudProxy;
import io.callgate.client.Plan;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.net.Trust;
import io.callgate.model.ErrorCode;
import io.callgate.model.ModePolicy;
import io.callgate.model.RequestedMode;
import io.callgate.model.Transport;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Which way each mode takes, with a real relay behind gates.
@Execution(ExecutionMode.CONCURRENT)
@Timeout(90)
class CloudProxyModesTest {
    private static final SystemTime TIME = new SystemTime();

    private final EventLog events = new EventLog();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private LoopbackRelay relay;
    private UdpGate gate;
    private LeaseDesk desk;

    @BeforeEach
    void start() throws IOException {
        relay = keep(LoopbackRelay.start());
        gate = keep(UdpGate.to(relay.port()));
        desk = keep(LeaseDesk.open(
                LeaseDesk.candidate("one", relay.port(), Transport.TLS),
                LeaseDesk.candidate("one", gate.port(), Transport.UDP),
                LeaseDesk.candidate("one", relay.port(), Transport.TCP),
                LeaseDesk.candidate("one", relay.port(), Transport.HTTPS)));
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

    private CloudProxy.Builder builder() {
        return CloudProxy.builder(TIME)
                .entry(desk.address())
                .uid("alice")
                .token(() -> "a.token.here")
                .trust(Trust.pin(TestIdentity.ec().pin()))
                .events(events);
    }

    private CloudProxy started(CloudProxy.Builder builder) {
        CloudProxy proxy = keep(builder.build());
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
        return proxy;
    }

    // --------------------------------------------------------------------------------------------- direct or not

    @ParameterizedTest
    @EnumSource(names = {"SMART", "AUTO"})
    void anOpenNetworkIsUsedDirectly(RequestedMode mode) throws Exception {
        started(builder().mode(mode).probe(new StandInProbe(true, true)));

        Plan plan = events.awaitPlan(EffectivePath.DIRECT);

        assertThat(plan.relayOnly()).isFalse();
        assertThat(plan.iceServers()).isEmpty();
        assertThat(plan.signalling().isDirect()).isTrue();
        assertThat(desk.asked).as("nothing is asked of control").isEmpty();
        assertThat(events.told()).contains("connected DIRECT").doesNotContain("in use true");
    }

    @ParameterizedTest(name = "{0}, signalling open: {1}")
    @CsvSource({"SMART, false", "SMART, true", "AUTO, false"})
    void aClosedNetworkIsCrossedByAProxy(RequestedMode mode, boolean signalling) throws Exception {
        started(builder().mode(mode).probe(new StandInProbe(signalling, false)));

        Plan plan = events.awaitPlan(EffectivePath.CLOUD_UDP);

        assertThat(plan.byFallback()).isTrue();
        assertThat(plan.relayOnly()).isTrue();
        assertThat(plan.signalling().isDirect()).isFalse();
        assertThat(events.told()).containsSubsequence("switching DIRECT to CLOUD_UDP: PROBE_TIMED_OUT", "in use true");
    }

    @Test
    void cellularStaysDirectAndTriesAgain() throws Exception {
        StandInProbe probe = new StandInProbe(false, false);
        CloudProxy proxy = started(
                builder().mode(RequestedMode.SMART).probe(probe).network(new StandInNetwork(NetworkKind.CELLULAR)));
        probe.awaitAsked(3);
        assertThat(proxy.state()).isEqualTo("PROBING_DIRECT");
        assertThat(desk.asked).isEmpty();

        probe.set(true, true);

        assertThat(events.awaitPlan(EffectivePath.DIRECT).byFallback()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"SMART", "AUTO"})
    void aDirectWayThatClosesLaterIsLeftForAProxy(RequestedMode mode) throws Exception {
        StandInProbe probe = new StandInProbe(true, true);
        started(builder().mode(mode).probe(probe));
        events.awaitPlan(EffectivePath.DIRECT);

        probe.set(true, false);

        assertThat(events.awaitPlan(EffectivePath.CLOUD_UDP).byFallback()).isTrue();
        assertThat(events.told()).containsSubsequence("state RECONNECTING", "state LEASING", "state CONNECTED");
    }

    @ParameterizedTest
    @CsvSource({"SMART, CELLULAR", "NONE, WIFI"})
    void aDirectWayThatClosesIsWaitedForWhereNoProxyIsWanted(RequestedMode mode, NetworkKind kind) throws Exception {
        StandInProbe probe = new StandInProbe(true, true);
        CloudProxy proxy = started(builder().mode(mode).probe(probe).network(new StandInNetwork(kind)));
        events.awaitPlan(EffectivePath.DIRECT);
        probe.set(false, false);
        events.await("state RECONNECTING");
        probe.awaitAsked(3);
        assertThat(proxy.state()).isEqualTo("RECONNECTING");
        events.forget();

        probe.set(true, true);

        events.awaitPlan(EffectivePath.DIRECT);
        assertThat(desk.asked).as("nothing is asked of control").isEmpty();
    }

    @Test
    void anotherNetworkIsJudgedAnewWhileDirect() throws Exception {
        StandInNetwork network = new StandInNetwork(NetworkKind.WIFI);
        StandInProbe probe = new StandInProbe(true, true);
        started(builder().mode(RequestedMode.SMART).probe(probe).network(network));
        events.awaitPlan(EffectivePath.DIRECT);

        probe.set(true, false);
        network.change(NetworkKind.ETHERNET);

        events.awaitPlan(EffectivePath.CLOUD_UDP);
        assertThat(events.told()).contains("network ETHERNET");
    }

    @Test
    void aProxyThatWorksIsKeptOnAnotherNetworkUnlessAskedFor() throws Exception {
        StandInProbe probe = new StandInProbe(false, false);
        StandInNetwork sticky = new StandInNetwork(NetworkKind.WIFI);
        started(builder().mode(RequestedMode.SMART).probe(probe).network(sticky));
        events.awaitPlan(EffectivePath.CLOUD_UDP);
        int asked = probe.asked.availablePermits();
        sticky.change(NetworkKind.ETHERNET);
        events.await("network ETHERNET");
        assertThat(probe.asked.availablePermits()).isEqualTo(asked);

        events.forget();
        StandInNetwork eager = new StandInNetwork(NetworkKind.WIFI);
        started(builder().mode(RequestedMode.SMART).probe(probe).network(eager).reprobeWhenProxied(true));
        events.awaitPlan(EffectivePath.CLOUD_UDP);
        probe.set(true, true);
        eager.change(NetworkKind.ETHERNET);
        events.awaitPlan(EffectivePath.DIRECT);
    }

    @Test
    void noneNeverFallsBack() throws Exception {
        CloudProxy proxy = started(builder().mode(RequestedMode.NONE).probe(new StandInProbe(true, false)));

        Failure failure = events.awaitFailure(ErrorCode.FIREWALL_SUSPECTED);

        assertThat(failure.mend()).isNotEmpty();
        assertThat(proxy.state()).isEqualTo("FAILED");
        assertThat(desk.asked).isEmpty();
    }

    // --------------------------------------------------------------------------------------------- the ladder

    @Test
    void standardTakesUdpThenTcpThenTlsAndGoesBackUpWhenItCan() throws Exception {
        gate.close(true);
        desk.offer(
                LeaseDesk.candidate("one", gate.port(), Transport.UDP),
                LeaseDesk.candidate("one", FreePort.take(), Transport.TCP),
                LeaseDesk.candidate("one", relay.port(), Transport.TLS));
        CloudProxy proxy = started(builder().mode(RequestedMode.STANDARD));
        events.awaitPlan(EffectivePath.CLOUD_TLS);
        assertThat(events.told()).anyMatch(it -> it.startsWith("candidate CLOUD_TCP") && it.endsWith("TCP_REFUSED"));

        try (Echo echo = Echo.open();
                SteadyCall call = new SteadyCall(proxy, echo)) {
            gate.close(false);
            events.awaitPlan(EffectivePath.CLOUD_UDP);
            call.awaitEchoes(20);

            assertThat(call.longestGap()).isLessThan(SteadyCall.BRIEF);
            assertThat(events.told()).contains("switching CLOUD_TLS to CLOUD_UDP: BETTER_AVAILABLE");
        }
    }

    @ParameterizedTest
    @CsvSource({"UDP, CLOUD_UDP", "TCP, CLOUD_TLS", "STANDARD, CLOUD_UDP"})
    void eachModeHasItsTransports(RequestedMode mode, EffectivePath path) throws Exception {
        started(builder().mode(mode));

        Plan plan = events.awaitPlan(path);

        assertThat(plan.byFallback()).isFalse();
        String urls = plan.iceServers().toString().toLowerCase(Locale.ROOT);
        switch (mode) {
            case UDP -> assertThat(urls).contains("transport=udp").doesNotContain("turns:", "transport=tcp");
            case TCP -> assertThat(urls).contains("turns:").doesNotContain("turn:");
            default -> assertThat(urls).contains("turns:", "transport=udp", "transport=tcp");
        }
    }

    @Test
    void anHttpProxyAloneCarriesDatagramsToo() throws Exception {
        desk.offer(LeaseDesk.candidate("one", relay.port(), Transport.HTTPS));
        CloudProxy proxy = started(builder().mode(RequestedMode.STANDARD));

        Plan plan = events.awaitPlan(EffectivePath.CLOUD_HTTP);

        assertThat(plan.signalling().isDirect()).isFalse();
        try (Echo echo = Echo.open();
                SteadyCall call = new SteadyCall(proxy, echo)) {
            call.awaitEchoes(20);
        }
    }

    @Test
    void udpAloneFailsWhereUdpIsClosed() throws Exception {
        gate.close(true);
        started(builder().mode(RequestedMode.UDP));

        Failure failure = events.awaitFailure(ErrorCode.ALL_CANDIDATES_FAILED);

        assertThat(failure.cause()).contains("UDP to 127.0.0.1:" + gate.port());
    }

    // --------------------------------------------------------------------------------------------- by policy

    @Test
    void theModeIsControlsWhereTheAppSaysNone() throws Exception {
        desk.setPolicy(new ModePolicy(RequestedMode.TCP, 1000, true));
        started(builder().app("demo"));

        events.awaitPlan(EffectivePath.CLOUD_TLS);
        assertThat(desk.asked).containsExactly("GET /v1/policy?appId=demo", "POST /v1/leases");
    }

    @Test
    void aModeSetDuringACallCountsFromTheNext() throws Exception {
        CloudProxy proxy = started(builder().mode(RequestedMode.UDP));
        events.awaitPlan(EffectivePath.CLOUD_UDP);

        assertThat(proxy.setMode(RequestedMode.TCP)).isEqualTo(ErrorCode.OK);
        events.await("deferred TCP");
        assertThat(proxy.plan().orElseThrow().path()).isEqualTo(EffectivePath.CLOUD_UDP);

        assertThat(proxy.stop()).isEqualTo(ErrorCode.OK);
        events.await("in use false");
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
        events.awaitPlan(EffectivePath.CLOUD_TLS);
    }
}
