package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.Firewall;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/// A company's own relay with one leg in its DMZ and one in the cloud's network, and no other way between the two:
/// the router lets nothing pass to the cloud, from the DMZ neither. Runs by flag as [FirewallLabTest].
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = "whole", disabledReason = "runs with -Dlab=whole")
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrivateDeploymentLabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder = Path.of("target", "lab-private").toAbsolutePath();
    private RtcBench bench;

    @BeforeAll
    void setUp(Installation installation) throws IOException {
        Obstacle.stopAt(RtcBench.obstacle());
        FirewallLabTest.empty(folder);
        bench = RtcBench.withTwoLegs(folder, installation.launcher());
        bench.lab().router().enforce(Firewall.UDP_ALLOWLIST);
        LeakWatch.nft(
                bench.lab().company(),
                "add table inet apart; add chain inet apart way { type filter hook forward priority -20; };"
                        + " add rule inet apart way iifname cloud drop; add rule inet apart way oifname cloud drop");
    }

    @AfterAll
    void tearDown() {
        if (bench != null) bench.close();
    }

    /// NERTC's sample and a participant of the engine's own; then the outer leg goes, and with it the call.
    @Test
    void n03ARelayWithTwoLegsCarriesTheCall() {
        Properties told = bench.told("STANDARD", bench.nextRoom(), VendorSample.NERTC.uid(), "alice");
        told.setProperty("people", "alice:9:1000");
        told.setProperty("hertz", Integer.toString(VendorSample.NERTC.hertz()));
        LeakWatch watch = LeakWatch.over(bench.lab().corp(), List.of(bench.lab().dmz()));

        try (RtcPeople alice = bench.people("alice", told);
                LabProcess nertc = VendorSample.NERTC.start(bench, told)) {
            nertc.awaitLine(Pattern.compile("^connection state 2, reason 13$"), PATIENCE);
            nertc.awaitLine(Pattern.compile("^\\d+ shows number 9$"), PATIENCE);
            nertc.awaitLine(Pattern.compile("^\\d+ sounds at 1000 Hz$"), PATIENCE);
            alice.await("seen by=alice number=" + VendorSample.NERTC.number(), PATIENCE);
            alice.await("heard by=alice hertz=" + VendorSample.NERTC.hertz(), PATIENCE);
            assertThat(alice.output()).contains("path by=alice CLOUD_UDP");
            assertThat(watch.packets()).as("packets past the relay").isZero();

            ProgramRun cut =
                    ProgramRun.of(bench.lab().dmz().commandInside(List.of("ip", "link", "set", "eth1", "down")));
            assertThat(cut.exitCode()).as(cut.output()).isZero();
            alice.await("state by=alice RECONNECTING", PATIENCE);
        }
    }
}
