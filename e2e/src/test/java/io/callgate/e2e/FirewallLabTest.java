package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.e2e.Scenario.Relay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Real calls through real firewalls: two Chromium in corp, Janus in the cloud, a relay between them.
///
/// Runs by flag: `-Dlab=smoke` or `-Dlab=whole`; `-Dlab.only=REGEX` picks scenarios by name. Where the machine
/// cannot (see [LabBench#obstacle]) it skips with the reason, but with `-Dlab.required=true` it fails. The relay
/// is the checkout's `./callgate`, or the program that `-Dlab.launcher=FILE` names. The table is printed at the
/// end and kept beside the logs in `target/lab`.
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirewallLabTest {
    private static final Duration MEASURED = Duration.ofSeconds(6);
    private static final int ATTEMPTS_ON_A_BUSY_MACHINE = 3;
    private static final int ROUNDS = 5;
    private static final double ACCURACY_MILLIS = 100;
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
        String checkout = System.getProperty("callgate.root", "..");
        Path launcher = Path.of(System.getProperty("lab.launcher", checkout + "/callgate"))
                .toAbsolutePath();
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
        for (int attempt = 1; scenario.isInvalidatedBy(result) && attempt < ATTEMPTS_ON_A_BUSY_MACHINE; attempt++) {
            result = played(scenario);
        }

        assertThat(result.outcome()).as(result.toString()).isEqualTo(scenario.expected());
    }

    /// A live allocation keeps its key: neither the end of its credential's life nor a new secret is heard in the
    /// call.
    @Test
    @EnabledIfSystemProperty(named = "lab", matches = "whole", disabledReason = "a minute long: runs with -Dlab=whole")
    void callOutlivesItsCredentialAndItsSecret() {
        try (CallgateRelay relay = bench.startCallgate(false)) {
            CallPlan before = bench.plan(Scenarios.OUTLIVES, relay, Duration.ofHours(1));
            CallPlan shortLived = bench.plan(Scenarios.OUTLIVES, relay, Duration.ofSeconds(20));

            CallResult result = bench.hold(Scenarios.OUTLIVES, shortLived, call -> {
                call.awaitMeasured(Duration.ofSeconds(25));
                relay.rotateSecret();
                call.awaitMeasured(Duration.ofSeconds(45));
            });
            table.add(Scenarios.OUTLIVES, result);
            assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.GOOD_CALL);

            CallPlan after = bench.plan(Scenarios.NEW_SECRET, relay, Duration.ofHours(1));
            CallPlan oldSecretForMedia = new CallPlan(after.signallingUrl(), after.proxy(), before.relay());
            CallResult withOldSecret =
                    bench.hold(Scenarios.OLD_SECRET, oldSecretForMedia, call -> call.awaitMeasured(MEASURED));
            table.add(Scenarios.OLD_SECRET, withOldSecret);
            assertThat(withOldSecret.outcome()).as(withOldSecret.toString()).isEqualTo(Outcome.NO_MEDIA);

            CallResult withNewSecret = bench.hold(Scenarios.NEW_SECRET, after, call -> call.awaitMeasured(MEASURED));
            table.add(Scenarios.NEW_SECRET, withNewSecret);
            assertThat(withNewSecret.outcome()).as(withNewSecret.toString()).isEqualTo(Outcome.GOOD_CALL);
        }
    }

    /// The ways side by side, in turns, so that all meet the same machine. Such times are good to 100 ms.
    @Test
    @EnabledIfSystemProperty(named = "lab", matches = "whole", disabledReason = "a series: runs with -Dlab=whole")
    void joinThroughTheRelayIsAsFastAsThroughCoturn() {
        List<Join> joins = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Scenario way : Scenarios.SIDE_BY_SIDE) {
                CallResult result = bench.play(way, Duration.ofSeconds(1));
                table.add(way, result);
                assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.GOOD_CALL);
                joins.add(new Join(way.relay(), result.joinToFirstFrameMillis()));
            }
        }
        double direct = medianMillis(joins, Relay.NONE);
        double callgate = medianMillis(joins, Relay.CALLGATE);
        double coturn = medianMillis(joins, Relay.COTURN);
        table.note("median join→frame of %d rounds: direct %.0f ms, callgate %.0f ms, coturn %.0f ms"
                .formatted(ROUNDS, direct, callgate, coturn));

        assertThat(callgate).isLessThanOrEqualTo(coturn + ACCURACY_MILLIS);
    }

    private record Join(Relay relay, double millis) {}

    private static double medianMillis(List<Join> joins, Relay relay) {
        return joins.stream()
                .filter(join -> join.relay() == relay)
                .mapToDouble(Join::millis)
                .sorted()
                .toArray()[ROUNDS / 2];
    }

    private CallResult played(Scenario scenario) {
        CallResult result = bench.play(scenario, MEASURED);
        table.add(scenario, result);
        return result;
    }

    /// The launcher builds the program on first use, which must happen here: dmz has no way to any repository.
    private void build(Path launcher) throws IOException, InterruptedException {
        Path log = folder.resolve("build.log");
        Process help = new ProcessBuilder(launcher.toString(), "--help")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(help.waitFor(BUILD_LIMIT_MINUTES, TimeUnit.MINUTES)).isTrue();
        assertThat(help.exitValue()).as(launcher + " --help, see " + log).isZero();
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
