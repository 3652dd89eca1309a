package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.CloudProxy;
import io.callgate.client.CloudTunnel;
import io.callgate.client.LeaseStore;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.net.Trust;
import io.callgate.model.ErrorCode;
import io.callgate.model.ModePolicy;
import io.callgate.model.RequestedMode;
import io.callgate.model.Transport;
import io.callgate.testkit.TestIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the operator's policy decides: the mode where the app names none, and the figures in any case.
@Timeout(90)
class CloudProxyPolicyTest {
    private static final SystemTime TIME = new SystemTime();
    private static final ModePolicy QUICK = new ModePolicy(RequestedMode.TCP, 100, true);
    private static final ModePolicy MOBILE_TOO = new ModePolicy(RequestedMode.STANDARD, 1000, false);

    @TempDir
    private Path folder = Path.of("unset");

    private final EventLog events = new EventLog();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private LeaseDesk desk;

    @BeforeEach
    void open() {
        int port = keep(LoopbackRelay.start()).port();
        desk = keep(LeaseDesk.open(
                LeaseDesk.candidate("one", port, Transport.UDP), LeaseDesk.candidate("one", port, Transport.TLS)));
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

    private CloudProxy.Builder smart() {
        return builder().mode(RequestedMode.SMART).probe(new StandInProbe(false, false));
    }

    private CloudProxy started(CloudProxy.Builder builder) {
        CloudProxy proxy = keep(builder.build());
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
        return proxy;
    }

    /// From the start of a call on.
    private Duration untilLeasing(CloudProxy proxy) throws InterruptedException {
        events.forget();
        long beganNanos = System.nanoTime();
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
        events.await("state LEASING");
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }

    /// A store that holds a lease with the policy of the moment.
    private LeaseStore stored() throws Exception {
        Path file = folder.resolve("lease.json");
        KeptFile kept = new KeptFile(file);
        CloudProxy before =
                started(builder().mode(RequestedMode.UDP).events(new EventLog()).store(kept));
        kept.await();
        before.close();
        return LeaseStore.file(file);
    }

    // -------------------------------------------------------------------------------- where the app names the mode

    @Test
    void theProbeTimeOfTheLastLeaseCountsForAnAppThatNamesSmartItself() throws Exception {
        desk.setPolicy(QUICK);
        CloudProxy proxy = keep(smart().store(stored()).build());

        assertThat(untilLeasing(proxy)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void theProbeTimeOfALeaseCountsFromItOn() throws Exception {
        desk.setPolicy(QUICK);
        CloudProxy proxy = keep(smart().build());
        assertThat(untilLeasing(proxy)).as("the default").isGreaterThan(Duration.ofMillis(990));
        events.awaitPlan(EffectivePath.CLOUD_UDP);
        proxy.stop();

        assertThat(untilLeasing(proxy)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void withoutALeaseTheFiguresAreAskedForBesideTheProbe() throws Exception {
        desk.setPolicy(MOBILE_TOO);

        started(smart().app("demo").network(new StandInNetwork(NetworkKind.CELLULAR)));

        assertThat(events.awaitPlan(EffectivePath.CLOUD_UDP).byFallback()).isTrue();
        assertThat(desk.asked.getFirst()).isEqualTo("GET /v1/policy?appId=demo");
    }

    /// What was being looked for before the lease is older than the lease.
    @Test
    void aPolicyThatComesAfterTheLeaseIsPassedOver() throws Exception {
        desk.setPolicy(new ModePolicy(RequestedMode.SMART, 5000, true));
        SlowStore slow = new SlowStore(stored());
        desk.setPolicy(QUICK);
        StandInNetwork network = new StandInNetwork(NetworkKind.CELLULAR); // no lease is needed there
        CloudProxy proxy = started(smart().store(slow).network(network));
        slow.awaitLoad();
        network.change(NetworkKind.WIFI);
        events.awaitPlan(EffectivePath.CLOUD_UDP);

        slow.answer();
        awaitTrace(proxy, "this policy comes too late");

        assertThat(proxy.plan().orElseThrow().path()).isEqualTo(EffectivePath.CLOUD_UDP);
        proxy.stop();
        assertThat(untilLeasing(proxy)).as("the lease's probe time").isLessThan(Duration.ofSeconds(1));
    }

    /// The probe is over and the call goes on as it is: what came late counts for the next one.
    @Test
    void aPolicyThatComesAfterTheProbeMovesNothing() throws Exception {
        desk.setPolicy(QUICK);
        SlowStore slow = new SlowStore(stored());
        CloudProxy proxy = started(builder()
                .mode(RequestedMode.SMART)
                .probe(new StandInProbe(true, true))
                .store(slow));
        events.await("plan DIRECT");

        slow.answer();
        awaitTrace(proxy, "policy: " + QUICK);

        assertThat(events.told()).filteredOn(told -> told.startsWith("plan")).hasSize(1);
        assertThat(proxy.plan().orElseThrow().path()).isEqualTo(EffectivePath.DIRECT);
    }

    private static void awaitTrace(CloudProxy proxy, String wanted) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!proxy.trace().text().contains(wanted)) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError(
                        "no \"" + wanted + "\" within 20 s in\n" + proxy.trace().text());
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void theCellularExceptionOfTheLastLeaseCounts() throws Exception {
        desk.setPolicy(MOBILE_TOO);
        LeaseStore stored = stored();

        started(smart().store(stored).network(new StandInNetwork(NetworkKind.CELLULAR)));

        events.awaitPlan(EffectivePath.CLOUD_UDP);
    }

    @Test
    void aPolicyThatDoesNotComeHoldsNothingUp() throws Exception {
        desk.setMute(true);

        started(builder().app("demo").mode(RequestedMode.SMART).probe(new StandInProbe(true, true)));

        events.await("plan DIRECT", Duration.ofSeconds(2));
    }

    // ------------------------------------------------------------------------------ where the app leaves it to others

    @Test
    void theModeOfTheLastLeaseCountsAtTheNextStart() throws Exception {
        desk.setPolicy(QUICK);
        LeaseStore stored = stored();

        started(builder().app("demo").store(stored));

        events.awaitPlan(EffectivePath.CLOUD_TLS);
        assertThat(desk.asked).as("control need not be asked").containsOnly("POST /v1/leases");
    }

    @Test
    void theModeIsStandardWhereThePolicyCannotBeGot() throws Exception {
        desk.setPolicy(QUICK);
        desk.putOff(1);

        CloudProxy proxy = started(builder().app("demo"));

        events.awaitPlan(EffectivePath.CLOUD_UDP);
        assertThat(proxy.trace().text()).contains("no policy: CONTROL_UNAVAILABLE", "mode STANDARD by policy");
    }

    @Test
    void aTunnelMayBeAskedForBeforeTheModeIsKnown() throws Exception {
        desk.setPolicy(QUICK);
        CloudProxy proxy = started(builder().app("demo"));

        CompletableFuture<CloudTunnel> tunnel = proxy.openTunnel(new NoReceiver());

        assertThat(tunnel.get(20, TimeUnit.SECONDS).relayedAddress()).isNotNull();
        assertThat(proxy.plan().orElseThrow().path()).isEqualTo(EffectivePath.CLOUD_TLS);
    }

    @Test
    void aModeThatIsSetWhileThatOfThePolicyIsSoughtEndsNoTunnel() throws Exception {
        SlowStore slow = new SlowStore(LeaseStore.NONE);
        CloudProxy proxy = started(builder().app("demo").store(slow));
        CompletableFuture<CloudTunnel> tunnel = proxy.openTunnel(new NoReceiver());

        assertThat(proxy.setMode(RequestedMode.TCP)).isEqualTo(ErrorCode.OK);
        slow.answer();

        assertThat(tunnel.get(20, TimeUnit.SECONDS).relayedAddress()).isNotNull();
        assertThat(proxy.plan().orElseThrow().path()).isEqualTo(EffectivePath.CLOUD_TLS);
    }

    @Test
    void aTunnelThatWaitsForTheModeEndsWithTheCall() {
        SlowStore slow = new SlowStore(LeaseStore.NONE);
        CloudProxy proxy = started(builder().app("demo").store(slow));
        CompletableFuture<CloudTunnel> tunnel = proxy.openTunnel(new NoReceiver());

        proxy.stop();

        assertThat(tunnel).failsWithin(Duration.ofSeconds(20));
        slow.answer();
    }
}
