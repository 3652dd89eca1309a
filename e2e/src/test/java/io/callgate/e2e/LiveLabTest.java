package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.Firewall;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Live streams (L3) behind a firewall, by ZEGO's API: a host sends by WHIP, an audience receives by WHEP, both
/// through the relay. Runs by flag as [FirewallLabTest].
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveLabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PORT = 8080;

    private final Path folder = Path.of("target", "lab-live").toAbsolutePath();
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

    @ParameterizedTest(name = "through {0}")
    @CsvSource({"UDP_ALLOWLIST", "TCP443_ONLY"})
    void anAudienceSeesAndHearsItsHostAndNothingGoesPastTheRelay(Firewall firewall) throws IOException {
        bench.lab().router().enforce(firewall);
        Properties host = told("host");
        Properties audience = told("audience");
        Properties stranger = told("stranger");
        stranger.setProperty("role", "host");
        stranger.setProperty("stream", "stolen");
        String tokens = host.getProperty("token.host") + "," + audience.getProperty("token.audience");
        LeakWatch watch = LeakWatch.over(bench.lab().corp(), List.of(bench.lab().dmz()));

        try (LabProcess gateway = gateway(firewall, tokens);
                RtcPeople watches = peer("audience-" + firewall, audience)) {
            gateway.awaitLine(Pattern.compile("^POST /whep/show 404$"), PATIENCE); // too early, and not given up
            try (RtcPeople sends = peer("host-" + firewall, host)) {
                sends.await("^publisher show PUBLISHING 0", PATIENCE);
                watches.await("^player show PLAYING 0", PATIENCE);
                watches.await("^seen number=5$", PATIENCE);
                watches.await("^heard hertz=440$", PATIENCE);

                sends.end(PATIENCE);
                gateway.awaitLine(Pattern.compile("^DELETE /resource/whip/show/\\d+ 200$"), PATIENCE);
            }
            try (RtcPeople refused = peer("stranger-" + firewall, stranger)) {
                refused.await("^publisher stolen NO_PUBLISH 1003001 .*401", PATIENCE);
            }
        }
        assertThat(watch.packets()).as("packets to others than the relay").isZero();
        assertThat(bench.lab().router().packetsBetweenCorpAndCloud()).isZero();
    }

    private Properties told(String user) {
        Properties told = bench.told("STANDARD", bench.nextRoom(), user);
        String base = "http://" + bench.lab().cloud().address() + ":" + PORT;
        told.setProperty("user", user);
        told.setProperty("role", user);
        told.setProperty("stream", "show");
        told.setProperty("whip", base + "/whip/{stream}");
        told.setProperty("whep", base + "/whep/{stream}");
        return told;
    }

    private RtcPeople peer(String label, Properties told) throws IOException {
        return RtcPeople.start(
                LivePeer.class, bench.lab().corp(), Files.createDirectories(folder.resolve("peers")), label, told);
    }

    private LabProcess gateway(Firewall firewall, String tokens) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-cp",
                System.getProperty("java.class.path"),
                LiveGateway.class.getName(),
                bench.lab().cloud().address(),
                Integer.toString(PORT),
                Janus.signallingUrl(bench.lab().cloud()));
        LabProcess gateway = bench.lab().cloud().start("gateway-" + firewall, command, Map.of("LIVE_TOKENS", tokens));
        gateway.awaitLine(Pattern.compile("^ready$"), PATIENCE);
        return gateway;
    }
}
