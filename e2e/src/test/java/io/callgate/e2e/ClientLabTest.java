package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.CloudProxy;
import io.callgate.client.CloudTunnel;
import io.callgate.client.DirectProbe;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.relay.Relay;
import io.callgate.testkit.Firewall;
import io.callgate.testkit.Host;
import io.callgate.testkit.LabProcess;
import io.callgate.testkit.MachineLoad;
import io.callgate.testkit.Router;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The SDK behind a firewall, with a whole fleet outside: which way it takes and how fast, what a call
/// notices when relays die and drain, and that nothing goes past the relays. Runs by flag as
/// [FirewallLabTest]; the times are printed at the end and kept in `target/lab-client/table.md`.
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientLabTest {
    private static final int STUN_PORT = 3478;
    private static final Duration DIRECT_WITHIN = Duration.ofSeconds(1);
    private static final Duration PROXIED_WITHIN = Duration.ofMillis(2500);
    private static final Duration GAP_OF_A_DEATH = Duration.ofSeconds(1);
    private static final Duration GAP_OF_A_DRAIN = Duration.ofMillis(200);
    private static final Duration NAMED_WITHIN = Duration.ofSeconds(15);
    private static final int DEATHS = 5;

    private final boolean isWhole = LabSize.chosen() == LabSize.WHOLE;
    private final int drains = isWhole ? 5 : 1;
    private MachineLoad loadAtStart = MachineLoad.now();
    private final Path folder = Path.of("target", "lab-client").toAbsolutePath();
    private final List<String> times = new ArrayList<>();
    private Fleet fleet;
    private FleetApp app;
    private EchoPeer peer;
    private Relay service; // answers STUN and takes TCP, as the SFU of a cloud does

    @BeforeAll
    void setUp(Installation installation) throws Exception {
        Obstacle.stopAt(Fleet.obstacle());
        FirewallLabTest.empty(folder);
        fleet = new Fleet(folder, installation.launcher());
        app = fleet.activate("client", "[\"main\"]");
        peer = EchoPeer.on(fleet.cloud());
        service = fleet.cloud()
                .inside(() -> TunnelRelay.Callgate.relay(fleet.cloud().address(), STUN_PORT));
    }

    @AfterAll
    void tearDown() throws IOException {
        if (service != null) service.close();
        if (peer != null) peer.close();
        if (fleet == null) return;
        fleet.close();
        String table = TimedRounds.HEAD + String.join("\n", times) + "\n";
        System.out.println("\n" + table);
        Files.writeString(folder.resolve("table.md"), table);
    }

    @BeforeEach
    void openAsUsual() {
        fleet.startIfGone(fleet.relay(1));
        fleet.startIfGone(fleet.relay(2));
        enforce(Firewall.UDP_ALLOWLIST);
        MediaToCloud.pass(fleet.lab(), true);
        loadAtStart = MachineLoad.now();
    }

    // ------------------------------------------------------------------------------------------- direct or proxied

    @ParameterizedTest(name = "{0}, media open: {1}: {2}")
    @CsvSource({
        "OPEN, true, DIRECT",
        "OPEN, false, CLOUD_UDP", // TCP to the cloud passes, UDP is dropped
        "UDP_ALLOWLIST, true, CLOUD_UDP",
        "TCP443_ONLY, true, CLOUD_TCP",
        "TLS443_ONLY, true, CLOUD_TLS"
    })
    void smartTakesTheBestWayThatIsOpen(Firewall firewall, boolean media, EffectivePath path) throws IOException {
        enforce(firewall);
        MediaToCloud.pass(fleet.lab(), media);
        boolean isDirect = path == EffectivePath.DIRECT;

        try (ClientCall call = ClientCall.begin(fleet.corp(), smart(NetworkKind.WIFI))) {
            Duration took = call.awaitPlan(path);

            time(
                    "SMART, %s%s: %s".formatted(firewall, media ? "" : " without UDP to the cloud", path),
                    took,
                    isDirect ? DIRECT_WITHIN : PROXIED_WITHIN);
            assertThat(call.plan().orElseThrow().byFallback()).isEqualTo(!isDirect);
        }
    }

    /// From the street, where all is open, into an office that lets nothing out but the relays.
    @Test
    void smartJudgesAnotherNetworkAnew() throws IOException {
        enforce(Firewall.OPEN);
        MovingNetwork network = new MovingNetwork(NetworkKind.WIFI, fleet.corp().address());
        try (ClientCall call =
                ClientCall.begin(fleet.corp(), smart(NetworkKind.WIFI).network(network))) {
            call.awaitPlan(EffectivePath.DIRECT);
            enforce(Firewall.UDP_ALLOWLIST);
            long beganNanos = System.nanoTime();

            network.change(NetworkKind.ETHERNET);

            call.awaitPlan(EffectivePath.CLOUD_UDP);
            time(
                    "SMART, from OPEN to UDP_ALLOWLIST: CLOUD_UDP",
                    Duration.ofNanos(System.nanoTime() - beganNanos),
                    PROXIED_WITHIN);
        }
    }

    @Test
    void aClosedNetworkIsNamed() throws IOException {
        enforce(Firewall.CLOSED);
        long beganNanos = System.nanoTime();

        try (ClientCall call = ClientCall.begin(fleet.corp(), smart(NetworkKind.WIFI))) {
            Failure failure = call.awaitFailure();

            time("SMART, closed: says what is closed", Duration.ofNanos(System.nanoTime() - beganNanos), NAMED_WITHIN);
            assertThat(failure.code()).isEqualTo(ErrorCode.TCP_BLOCKED);
            assertThat(failure.cause()).contains(fleet.relay(1).address());
        }
    }

    @Test
    void cellularStaysDirectAndTriesAgain() throws IOException {
        enforce(Firewall.OPEN);
        MediaToCloud.pass(fleet.lab(), false);
        try (ClientCall call = ClientCall.begin(fleet.corp(), smart(NetworkKind.CELLULAR))) {
            long endNanos = System.nanoTime() + PROXIED_WITHIN.toNanos();
            Await.until("the time in which others are proxied", PROXIED_WITHIN.multipliedBy(2), () -> {
                assertThat(call.sdk().state()).isEqualTo("PROBING_DIRECT");
                return System.nanoTime() > endNanos;
            });

            MediaToCloud.pass(fleet.lab(), true);

            call.awaitPlan(EffectivePath.DIRECT);
            assertThat(call.plan().orElseThrow().byFallback()).isFalse();
        }
    }

    // ------------------------------------------------------------------------------------------- relays die and drain

    @Test
    void aRelayThatBecomesABlackHoleCostsLessThanASecond() throws Exception {
        Router router = fleet.lab().router();
        gaps("the relay is a black hole", GAP_OF_A_DEATH, DEATHS, router::cut, router::heal);
    }

    @Test
    void aRelayThatIsKilledCostsLessThanASecond() throws Exception {
        int kills = isWhole ? DEATHS : 1;
        Duration bound = kills == 1 ? GAP_OF_A_DEATH.multipliedBy(2) : GAP_OF_A_DEATH; // one is no median
        gaps("the relay's process is killed", bound, kills, fleet::kill, fleet::startIfGone);
    }

    @Test
    void aRelayThatDrainsCostsNothing() throws Exception {
        gaps("the relay drains and ends", GAP_OF_A_DRAIN, drains, fleet::drain, fleet::start);
    }

    /// Its process stays, and keeps the call until the other relay has it.
    @Test
    void aRelayThatItsOperatorDrainsIsLeftAndTakenAgain() throws Exception {
        gaps("the operator drains the relay", GAP_OF_A_DRAIN, drains, fleet::drainAtControl, fleet::resumeAtControl);
    }

    /// The gaps in one call while the relay in use ends and comes back, again and again.
    private void gaps(String when, Duration bound, int count, Consumer<Host> ends, Consumer<Host> comesBack)
            throws Exception {
        TimedRounds gaps = new TimedRounds("gap, " + when, bound.toMillis());
        try (ClientCall call = ClientCall.begin(fleet.corp(), standard()).ringing(peer.address())) {
            for (int round = 0; round < count; round++) {
                gaps.play(() -> {
                    Host relay = fleet.lab().host(call.relay());
                    int toldBefore = call.told().size();
                    call.forgetGaps();
                    MachineLoad load = MachineLoad.now();

                    ends.accept(relay);

                    call.awaitRelayOtherThan(relay.name());
                    call.awaitEchoes(50);
                    TimedRounds.Took took =
                            TimedRounds.Took.since(load, call.longestGap().toMillis());
                    if (bound.equals(GAP_OF_A_DRAIN) && !MachineLoad.isBusy(took.idleShare())) {
                        assertThat(call.told().stream().skip(toldBefore)).doesNotContain("state RECONNECTING");
                    }
                    comesBack.accept(relay);
                    return took;
                });
            }
        }
        time(gaps);
    }

    // ------------------------------------------------------------------------------------------- leaks and names

    /// Signalling by name, a relay that dies, all dead, one back, the end: nothing but relays' addresses is
    /// ever seen.
    @Test
    void nothingGoesPastTheRelays() throws Exception {
        LeakWatch watch = LeakWatch.over(fleet.corp(), fleet.relays());
        try (ClientCall call = ClientCall.begin(fleet.corp(), standard()).ringing(peer.address())) {
            fleet.corp().inside(() -> {
                try (Socket socket = call.sdk().signallingSockets().createSocket("sfu.callgate.test", 443)) {
                    return socket.isConnected();
                } catch (IOException refused) {
                    return false; // no such name at the relay; what counts is who was asked
                }
            });
            Host first = fleet.lab().host(call.relay());
            fleet.lab().router().cut(first);
            call.awaitRelayOtherThan(first.name());
            Host second = fleet.lab().host(call.relay());
            fleet.lab().router().cut(second);
            assertThat(call.awaitFailure().code()).isEqualTo(ErrorCode.ALL_CANDIDATES_FAILED);
            fleet.lab().router().heal(second);
            call.awaitEchoes(50);
            fleet.lab().router().heal(first);
            assertThat(call.failures()).hasSize(1);
        }

        assertThat(watch.packets()).as("packets of corp to others than relays").isZero();
        times.add("| packets of a proxied client to others than relays, DNS included | %d | 0 | |"
                .formatted(watch.packets()));
        long asked = watch.afterwards(() -> fleet.corp().inside(() -> {
            try (DatagramSocket resolver = new DatagramSocket()) {
                resolver.send(new DatagramPacket(new byte[12], 12, new InetSocketAddress("127.0.0.53", 53)));
                return true;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }));
        assertThat(asked).as("the watch sees a name asked of this machine").isPositive();
        long connected = watch.afterwards(() -> fleet.corp().inside(() -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(fleet.cloud().address(), 443), 200);
                return true;
            } catch (IOException expected) {
                return false;
            }
        }));
        assertThat(connected).as("the watch sees a leak").isPositive();
    }

    /// Past a firewall, to a peer and back: each is checked byte for byte, and what is missing is told.
    @Test
    void payloadsPassByteForByte() throws Exception {
        int count = LabSize.chosen() == LabSize.WHOLE ? 1_000_000 : 20_000;
        PayloadChecker checker = new PayloadChecker(count);
        try (ClientCall call = ClientCall.begin(fleet.corp(), standard())) {
            call.awaitPlan(EffectivePath.CLOUD_UDP);
            CloudTunnel tunnel =
                    fleet.corp().inside(() -> call.sdk().openTunnel(checker)).get(30, TimeUnit.SECONDS);
            tunnel.open(peer.address(), Attempt.within(new TunnelRelay.RealTime(), Duration.ofSeconds(5)));

            checker.send(tunnel, peer.address());

            DatagramTunnel.Statistics counted = tunnel.statistics();
            assertThat(checker.wrongCount()).as("changed or twice").isZero();
            assertThat(counted.sentDatagrams()).isEqualTo(count);
            assertThat(counted.notSent()).isZero();
            assertThat(counted.receivedDatagrams()).isEqualTo(checker.arrivedCount());
            int lost = count - checker.arrivedCount();
            times.add("| of %d datagrams, there and back, lost (changed or twice: none) | %d | %d | |"
                    .formatted(count, lost, count / 1000));
            assertThat(lost).isLessThanOrEqualTo(count / 1000);
        }
    }

    @ParameterizedTest(name = "entry {0}, DNS: {1}")
    @CsvSource({"name, true, true", "name, false, false", "address, false, true"})
    void anEntryMayBeANameOrAnAddress(String entry, boolean dns, boolean works) {
        String name = "fleet.callgate.test";
        if (dns) fleet.lab().dnsOn(Map.of(name, fleet.relay(1).address()));
        else fleet.lab().dnsOff();
        Path token = folder.resolve("token");
        LoopbackRelay.write(token, app.token("alice"));
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ClientProgram.class.getName(),
                entry.equals("name") ? name : fleet.relay(1).address(),
                token.toString(),
                fleet.authorityCertificate().toString());

        try (LabProcess client = fleet.corp().start("client-" + entry + "-" + dns, command, Map.of())) {
            assertThat(client.awaitEnd(Duration.ofSeconds(60)))
                    .as(client.output())
                    .isEqualTo(works ? 0 : 1);
            assertThat(client.output()).contains(works ? "plan CLOUD_UDP" : "failed DNS_FAILED");
        }
    }

    // ------------------------------------------------------------------------------------------- the actors

    private CloudProxy.Builder standard() throws IOException {
        return CloudProxy.builder(new TunnelRelay.RealTime())
                .entry(fleet.relay(1).address())
                .entry(fleet.relay(2).address())
                .uid("alice")
                .token(() -> app.token("alice"))
                .trust(Trust.authorities(Files.readAllBytes(fleet.authorityCertificate())))
                .mode(RequestedMode.STANDARD);
    }

    private CloudProxy.Builder smart(NetworkKind kind) throws IOException {
        HostPort cloud = new HostPort(fleet.cloud().address(), STUN_PORT);
        return standard()
                .mode(RequestedMode.SMART)
                .probe(DirectProbe.of(cloud, cloud, new TunnelRelay.RealTime()))
                .network(new MovingNetwork(kind, fleet.corp().address()));
    }

    private void enforce(Firewall firewall) {
        fleet.lab().router().enforce(firewall, fleet.relays());
    }

    /// What was measured once, by a test that began as usual.
    private void time(String what, Duration measured, Duration bound) {
        TimedRounds once = new TimedRounds(what, bound.toMillis());
        once.count(TimedRounds.Took.since(loadAtStart, measured.toMillis()));
        time(once);
    }

    private void time(TimedRounds rounds) {
        times.add(rounds.row());
        rounds.requireMedianUnderBound();
    }
}
