package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.model.RequestedMode;
import io.callgate.relay.Relay;
import io.callgate.testkit.Firewall;
import io.callgate.testkit.MachineLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// SMART and AUTO with real media: two people behind each firewall, which way they take and how soon it is
/// decided, and that they see and hear each other by it. Runs by flag as [FirewallLabTest]; the times are
/// printed at the end and kept in `target/lab-smart/table.md`. The bounds are for the second call of a
/// process: the first also waits for bytecode that nothing has compiled yet, ours and control's.
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmartLabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int STUN_PORT = 3478;
    private static final long DIRECT_MILLIS = 1000;
    private static final long PROXIED_MILLIS = 2500;

    private final Path folder = Path.of("target", "lab-smart").toAbsolutePath();
    private final List<String> times = new ArrayList<>();
    private int rounds; // each keeps what its people said
    private RtcBench bench;
    private Relay stun; // beside the SFU

    private static Stream<Arguments> networks() {
        return Stream.of(
                        network(LabSize.WHOLE, "SMART", Firewall.OPEN, true, EffectivePath.DIRECT),
                        network(LabSize.SMOKE, "SMART", Firewall.OPEN, false, EffectivePath.CLOUD_UDP),
                        network(LabSize.WHOLE, "SMART", Firewall.UDP_ALLOWLIST, true, EffectivePath.CLOUD_UDP),
                        network(LabSize.WHOLE, "SMART", Firewall.TCP443_ONLY, true, EffectivePath.CLOUD_TCP),
                        network(LabSize.WHOLE, "SMART", Firewall.TLS443_ONLY, true, EffectivePath.CLOUD_TLS),
                        network(LabSize.WHOLE, "AUTO", Firewall.OPEN, true, EffectivePath.DIRECT),
                        network(LabSize.WHOLE, "AUTO", Firewall.OPEN, false, EffectivePath.CLOUD_UDP),
                        network(LabSize.WHOLE, "AUTO", Firewall.TLS443_ONLY, true, EffectivePath.CLOUD_TLS))
                .filter(network -> LabSize.chosen().includes((LabSize) network.get()[4]));
    }

    /// @param udpPasses whether the firewall lets datagrams to the cloud through
    private static Arguments network(
            LabSize size, String mode, Firewall firewall, boolean udpPasses, EffectivePath path) {
        return Arguments.of(RequestedMode.valueOf(mode), firewall, udpPasses, path, size);
    }

    @BeforeAll
    void setUp(Installation installation) throws IOException {
        Obstacle.stopAt(RtcBench.obstacle());
        FirewallLabTest.empty(folder);
        bench = new RtcBench(folder, installation.launcher());
        String sfu = bench.lab().cloud().address();
        stun = bench.lab().cloud().inside(() -> TunnelRelay.Callgate.relay(sfu, STUN_PORT));
    }

    @AfterAll
    void tearDown() throws IOException {
        if (stun != null) stun.close();
        if (bench == null) return;
        bench.close();
        String table = "| mode and network | decided after, ms: a process's first call | its second | bound |\n"
                + "|---|---|---|---|\n"
                + String.join("\n", times) + "\n";
        System.out.println("\n" + table);
        Files.writeString(folder.resolve("table.md"), table);
    }

    @ParameterizedTest(name = "{0}, {1}, UDP to the cloud {2}: {3}")
    @MethodSource("networks")
    void takesTheBestWayThatIsOpenAndPicturesCome(
            RequestedMode mode, Firewall firewall, boolean udpPasses, EffectivePath path) {
        bench.lab().router().enforce(firewall);
        MediaToCloud.pass(bench.lab(), udpPasses);
        String what = "%s, %s%s: %s".formatted(mode, firewall, udpPasses ? "" : " without UDP to the cloud", path);
        TimedRounds decided = new TimedRounds(what, path == EffectivePath.DIRECT ? DIRECT_MILLIS : PROXIED_MILLIS);
        decided.play(() -> decided(what, told(mode, NetworkKind.WIFI), path));
        decided.requireMedianUnderBound();
    }

    /// The later of the two people's decisions, in the second call of their process.
    private TimedRounds.Took decided(String what, Properties told, EffectivePath path) {
        boolean isDirect = path == EffectivePath.DIRECT;
        told.setProperty("rounds", "2");
        MachineLoad load = MachineLoad.now();
        try (RtcPeople people = bench.people("people-" + ++rounds, told)) {
            people.await("^end$", PATIENCE);

            long later = 0;
            for (String one : List.of("alice", "bob")) {
                List<Long> millis =
                        people.numbers("decided by=%s %s fallback=%s millis=(\\d+)".formatted(one, path, !isDirect));
                assertThat(millis).as(people.output()).hasSize(2);
                times.add("| %s, by %s | %d | %d | %d |"
                        .formatted(
                                what,
                                one,
                                millis.getFirst(),
                                millis.getLast(),
                                isDirect ? DIRECT_MILLIS : PROXIED_MILLIS));
                later = Math.max(later, millis.getLast());
            }
            assertThat(people.output())
                    .contains("seen by=alice number=9", "heard by=bob hertz=440", "path by=bob " + path)
                    .containsPattern("pair by=bob .*localType=" + (isDirect ? "(host|srflx|prflx)" : "relay"));
            return TimedRounds.Took.since(load, later);
        }
    }

    /// A phone pays for what others would take for closed, and stays direct until it is open.
    @Test
    @EnabledIfSystemProperty(named = "lab", matches = "whole", disabledReason = "runs with -Dlab=whole")
    void cellularStaysDirectUntilPicturesCome() {
        bench.lab().router().enforce(Firewall.OPEN);
        MediaToCloud.pass(bench.lab(), false);
        try (RtcPeople people = bench.people("cellular", told(RequestedMode.SMART, NetworkKind.CELLULAR))) {
            people.await("mode by=bob PROBING_DIRECT", PATIENCE);
            long endNanos =
                    System.nanoTime() + Duration.ofMillis(PROXIED_MILLIS).toNanos();
            Await.until("the time in which others are proxied", PATIENCE, () -> System.nanoTime() > endNanos);
            assertThat(people.output()).doesNotContain("decided by=", "LEASING");

            MediaToCloud.pass(bench.lab(), true);

            people.await("all receive", PATIENCE);
            assertThat(people.output())
                    .contains("path by=alice DIRECT", "path by=bob DIRECT")
                    .doesNotContain("LEASING", "localType=relay");
        }
    }

    private Properties told(RequestedMode mode, NetworkKind network) {
        Properties told = bench.told(mode.name(), bench.nextRoom(), "alice", "bob");
        told.setProperty("stun", bench.lab().cloud().address() + ":" + STUN_PORT);
        told.setProperty("network", network + " " + bench.lab().corp().address());
        told.setProperty("people", "alice:5:440,bob:9:1000");
        told.setProperty("hertz", "440,1000");
        return told;
    }
}
