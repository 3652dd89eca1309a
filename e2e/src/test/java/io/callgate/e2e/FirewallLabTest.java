package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.e2e.Scenario.Relay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Real calls through real firewalls: two Chromium in corp, Janus in the cloud, a relay between them.
///
/// Runs by flag: `-Dlab=smoke` or `-Dlab=whole`; `-Dlab.only=REGEX` picks scenarios by name. Where the machine cannot
/// (see [LabBench#obstacle]) it skips with the reason, but with `-Dlab.required=true` it fails. The table is printed at
/// the end and kept beside the logs in `target/lab`.
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirewallLabTest {
    private static final Duration MEASURED = Duration.ofSeconds(6);
    private static final int ATTEMPTS_ON_A_BUSY_MACHINE = 3;
    private static final int BUILD_LIMIT_MINUTES = 10;

    private final LabTable table = new LabTable();
    private final Path folder = Path.of("target", "lab").toAbsolutePath();
    private LabBench bench;

    static List<Scenario> scenarios() {
        LabSize size = LabSize.chosen();
        String only = System.getProperty("lab.only", ".*");
        return Scenarios.ALL.stream()
                .filter(scenario ->
                        size.includes(scenario.size()) && scenario.name().matches(only))
                .toList();
    }

    @BeforeAll
    void setUp() throws Exception {
        Optional<String> obstacle = LabBench.obstacle();
        if (Boolean.getBoolean("lab.required"))
            assertThat(obstacle).as("obstacle to a required laboratory").isEmpty();
        assumeTrue(obstacle.isEmpty(), () -> "no laboratory here: " + obstacle.orElseThrow());
        emptyFolder();
        Path launcher =
                Path.of(System.getProperty("callgate.root", ".."), "callgate").toAbsolutePath();
        if (scenarios().stream().anyMatch(scenario -> scenario.relay() == Relay.CALLGATE)) build(launcher);
        bench = new LabBench(folder, launcher);
    }

    @AfterAll
    void tearDown() throws IOException {
        if (bench == null) return;
        bench.close();
        System.out.println("\n" + table.text());
        Files.writeString(folder.resolve("table.md"), table.text());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scenarios")
    void goesAsExpected(Scenario scenario) {
        CallResult result = played(scenario);
        for (int attempt = 1; isInvalid(scenario, result) && attempt < ATTEMPTS_ON_A_BUSY_MACHINE; attempt++) {
            result = played(scenario);
        }

        assertThat(result.outcome()).as(result.toString()).isEqualTo(scenario.expected());
    }

    private CallResult played(Scenario scenario) {
        CallResult result = bench.play(scenario, MEASURED);
        table.add(scenario, result);
        return result;
    }

    private static boolean isInvalid(Scenario scenario, CallResult result) {
        return !scenario.isMetBy(result) && result.machineWasBusy();
    }

    /// The launcher builds the program on first use, which must happen here: dmz has no way to any repository.
    private static void build(Path launcher) throws IOException, InterruptedException {
        Process help =
                new ProcessBuilder(launcher.toString(), "--help").inheritIO().start();
        assertThat(help.waitFor(BUILD_LIMIT_MINUTES, TimeUnit.MINUTES)).isTrue();
        assertThat(help.exitValue()).as(launcher + " --help").isZero();
    }

    private void emptyFolder() throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> old = Files.walk(folder)) {
                for (Path file : old.sorted((a, b) -> b.compareTo(a)).toList()) Files.delete(file);
            }
        }
        Files.createDirectories(folder);
    }
}
