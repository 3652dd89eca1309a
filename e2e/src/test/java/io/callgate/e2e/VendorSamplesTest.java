package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.Firewall;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The three vendors' samples, as `examples/` has them, in one room behind a firewall that opens the relay alone:
/// each a program of its own, with real media.
@Timeout(180)
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VendorSamplesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder = Path.of("target", "vendors").toAbsolutePath();
    private RtcBench bench;

    @BeforeAll
    void setUp(Installation installation) throws IOException {
        Obstacle.stopAt(RtcBench.obstacle());
        FirewallLabTest.empty(folder);
        bench = new RtcBench(folder, installation.launcher());
    }

    @AfterAll
    void tearDown() {
        if (bench != null) bench.close();
    }

    @Test
    void theThreeMeetInOneRoom() {
        bench.lab().router().enforce(Firewall.UDP_ALLOWLIST);
        LeakWatch watch = LeakWatch.over(bench.lab().corp(), List.of(bench.lab().dmz()));
        Properties told = bench.told("STANDARD", bench.nextRoom(), "1001", "1002", "1003");
        try (LabProcess agora = VendorSample.AGORA.start(bench, told);
                LabProcess nertc = VendorSample.NERTC.start(bench, told);
                LabProcess zego = VendorSample.ZEGO.start(bench, told)) {
            Map<VendorSample, LabProcess> running =
                    Map.of(VendorSample.AGORA, agora, VendorSample.NERTC, nertc, VendorSample.ZEGO, zego);
            running.forEach((who, process) -> running.keySet().stream()
                    .filter(other -> other != who)
                    .forEach(other -> {
                        process.awaitLine(other.isSeen(), PATIENCE);
                        process.awaitLine(other.isHeard(), PATIENCE);
                    }));
            agora.awaitLine(Pattern.compile("^user 1002 is there$"), PATIENCE);
            nertc.awaitLine(Pattern.compile("^user 1001 sends pictures$"), PATIENCE);
            zego.awaitLine(Pattern.compile("^ADD 1001$"), PATIENCE);

            assertThat(agora.output())
                    .containsSubsequence(
                            "connection state 2, reason 0",
                            "connection state 2, reason 11",
                            "connection state 3, reason 1")
                    .containsPattern("proxy of type [12] after \\d+ ms");
            assertThat(nertc.output())
                    .containsSubsequence(
                            "connection state 2, reason 5",
                            "connection state 2, reason 13",
                            "connection state 3, reason 6");
            assertThat(zego.output()).contains("is CONNECTED, error 0");
            assertThat(bench.lab().router().packetsBetweenCorpAndCloud())
                    .as("packets past the relay")
                    .isZero();
            assertThat(watch.packets()).as("packets to others than the relay").isZero();
        }
    }
}
