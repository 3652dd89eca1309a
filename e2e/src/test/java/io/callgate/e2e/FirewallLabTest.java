package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.e2e.Scenario.Relay;
import io.callgate.testkit.Impairment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/// Real calls through real firewalls: two Chromium in corp, Janus in the cloud, a relay between them.
///
/// Runs by flag: `-Dlab=smoke` or `-Dlab=whole`; `-Dlab.only=REGEX` picks scenarios by name, `-Dlab.rounds=N`
/// says how long the series are. Where the machine cannot (see [LabBench#obstacle]) it skips with the reason, but
/// with `-Dlab.required=true` it fails. The relay is the checkout's `./callgate`, or the program that
/// `-Dlab.launcher=FILE` names. The table is printed at the end and kept beside the logs in `target/lab`.
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirewallLabTest {
    private static final Duration MEASURED = Duration.ofSeconds(6);
    private static final Duration MEASURED_ON_A_BAD_LINE = Duration.ofSeconds(15);
    private static final Duration SHORT_CUT = Duration.ofSeconds(4);
    private static final Duration SETTLING = Duration.ofSeconds(8);
    private static final Duration PICTURE_LIMIT = Duration.ofSeconds(20);
    private static final Duration GIVING_UP_LIMIT = Duration.ofSeconds(90);
    private static final int ATTEMPTS_BY_CHANCE = 2;
    private static final int ATTEMPTS_ON_A_BUSY_MACHINE = 3;
    private static final int ROUNDS = Integer.getInteger("lab.rounds", 5);
    private static final double ACCURACY_MILLIS = 100;
    private static final int BUILD_LIMIT_MINUTES = 10;

    private final LabTable table = new LabTable();
    private final Path folder = Path.of("target", "lab").toAbsolutePath();
    private LabBench bench;

    static List<Scenario> scenarios() {
        LabSize size = LabSize.chosen();
        return chosen(Scenarios.ALL).stream()
                .filter(scenario -> size.includes(scenario.size()))
                .toList();
    }

    private static List<Scenario> chosen(List<Scenario> scenarios) {
        return scenarios.stream().filter(FirewallLabTest::isChosen).toList();
    }

    private static boolean isChosen(Scenario scenario) {
        return scenario.name().matches(System.getProperty("lab.only", ".*"));
    }

    @BeforeAll
    void setUp() throws Exception {
        Obstacle.stopAt(LabBench.obstacle());
        empty(folder);
        bench = new LabBench(folder, builtLauncher(folder));
    }

    @AfterAll
    void tearDown() throws IOException {
        if (bench == null) return;
        bench.close();
        System.out.println("\n" + table.text());
        Files.writeString(folder.resolve("table.md"), table.text());
    }

    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("scenarios")
    void goesAsExpected(Scenario scenario) {
        expect(scenario, played(scenario, () -> bench.play(scenario, MEASURED)));
    }

    /// A live allocation keeps its key: neither the end of its credential's life nor a new secret is heard in the
    /// call.
    @Test
    @EnabledIfSystemProperty(named = "lab", matches = "whole", disabledReason = "a minute long: runs with -Dlab=whole")
    void callOutlivesItsCredentialAndItsSecret() {
        assumeTrue(isChosen(Scenarios.OUTLIVES), "not among -Dlab.only");
        try (CallgateRelay relay = bench.startCallgate(false)) {
            CallPlan before = bench.plan(Scenarios.OUTLIVES, relay, Duration.ofHours(1));
            CallPlan shortLived = bench.plan(Scenarios.OUTLIVES, relay, Duration.ofSeconds(20));

            CallResult result = bench.hold(Scenarios.OUTLIVES, shortLived, call -> {
                call.awaitMeasured(Duration.ofSeconds(25));
                relay.rotateSecret();
                call.awaitMeasured(Duration.ofSeconds(45));
            });
            table.add(Scenarios.OUTLIVES, result);
            expect(Scenarios.OUTLIVES, result); // not again: the short credential has expired

            CallPlan after = bench.plan(Scenarios.NEW_SECRET, relay, Duration.ofHours(1));
            CallPlan oldSecretForMedia = new CallPlan(after.signallingUrl(), after.browser(), before.relay());
            expect(
                    Scenarios.OLD_SECRET,
                    played(
                            Scenarios.OLD_SECRET,
                            () -> bench.hold(
                                    Scenarios.OLD_SECRET, oldSecretForMedia, call -> call.awaitMeasured(MEASURED))));

            expect(
                    Scenarios.NEW_SECRET,
                    played(
                            Scenarios.NEW_SECRET,
                            () -> bench.hold(Scenarios.NEW_SECRET, after, call -> call.awaitMeasured(MEASURED))));
        }
    }

    /// A short black hole is a short freeze: nobody has to do anything.
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("cutWays")
    void callGoesOnAfterAShortCut(Scenario way) {
        try (CallgateRelay relay = bench.startCallgate(false)) {
            CallPlan plan = bench.plan(way, relay, Duration.ofHours(1));

            CallResult result = played(
                    way,
                    () -> bench.hold(way, plan, call -> {
                        call.awaitMeasured(Duration.ofSeconds(2));
                        bench.router().cut(bench.relayHost());
                        call.awaitMeasured(Duration.ofSeconds(2).plus(SHORT_CUT));
                        bench.router().heal(bench.relayHost());
                        table.note("%s: the picture is back %s after the end of a cut of %d s"
                                .formatted(way, shown(call.awaitPictureAgain(PICTURE_LIMIT)), SHORT_CUT.toSeconds()));
                        call.startMeasuring();
                        call.awaitMeasured(SETTLING); // TCP sends again what was lost, and the video finds its rate
                        call.startMeasuring();
                        call.awaitMeasured(MEASURED);
                    }));

            expect(way, result);
        }
    }

    static List<Scenario> cutWays() {
        return LabSize.chosen() == LabSize.WHOLE ? chosen(Scenarios.CUT) : List.of();
    }

    /// A long one ends the call, as there is nobody yet who would look for another relay; what the page says of it
    /// is no expectation of ours. Who joins after it is healed gets a good call.
    @Test
    @EnabledIfSystemProperty(named = "lab", matches = "whole", disabledReason = "a minute long: runs with -Dlab=whole")
    void newCallIsGoodAfterALongCut() {
        Scenario before = Scenarios.BEFORE_LONG_CUT;
        Scenario after = Scenarios.AFTER_LONG_CUT;
        assumeTrue(isChosen(before), "not among -Dlab.only");
        try (CallgateRelay relay = bench.startCallgate(false)) {
            CallPlan plan = bench.plan(before, relay, Duration.ofHours(1));
            CallResult cut = played(
                    before,
                    () -> bench.hold(before, plan, call -> {
                        bench.router().cut(bench.relayHost());
                        long beganNanos = System.nanoTime();
                        Optional<String> failure = call.awaitGivenUp(GIVING_UP_LIMIT);
                        table.note("%s: both participants know after %.1f s: %s"
                                .formatted(before, secondsSince(beganNanos), failure.orElse("no, not even then")));
                        call.startMeasuring();
                        call.awaitMeasured(MEASURED);
                    }));
            expect(before, cut);

            expect(after, played(after, () -> bench.play(after, relay, MEASURED)));
        }
    }

    /// A crash of the relay ends its calls; started again with the same file, it serves the same credentials.
    @Test
    void newCallIsGoodAfterTheRelayWasKilledAndStartedAgain() {
        Scenario before = Scenarios.BEFORE_KILL;
        Scenario after = Scenarios.AFTER_RESTART;
        assumeTrue(LabSize.chosen().includes(before.size()) && isChosen(before), "not among -Dlab.only");
        try (CallgateRelay relay = bench.startCallgate(false)) {
            CallPlan plan = bench.plan(before, relay, Duration.ofHours(1));
            CallResult killed = bench.hold(before, plan, call -> {
                relay.kill();
                long beganNanos = System.nanoTime();
                Optional<String> failure = call.awaitGivenUp(GIVING_UP_LIMIT);
                table.note("%s: both participants know after %.1f s: %s"
                        .formatted(before, secondsSince(beganNanos), failure.orElse("no, not even then")));
                call.startMeasuring();
                call.awaitMeasured(MEASURED);
            });
            table.add(before, killed);
            expect(before, killed);

            table.note("%s: ready again %s after its start".formatted(after, shown(Optional.of(relay.restart()))));
            expect(after, played(after, () -> bench.hold(after, plan, call -> call.awaitMeasured(MEASURED))));
        }
    }

    /// On a bad line nothing is good by fixed bounds (1 % loss freezes the start of any call by seconds), so each
    /// way is held against the direct call on the same line.
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("badLines")
    void relayedCallOnABadLineIsNearlyAsGoodAsTheDirectOne(Impairment badLine) {
        Scenario straight = Scenarios.DIRECT_ON_A_BAD_LINE.on(badLine);
        CallResult direct = bench.play(straight, MEASURED_ON_A_BAD_LINE);
        table.add(straight, direct, "the measure for the next rows");
        table.note("%s: made by %s".formatted(badLine, bench.impairedBy()));
        assertThat(direct.fps()).as("no direct call on this line: %s", direct).isPositive();

        for (Scenario way : Scenarios.ON_A_BAD_LINE) {
            for (int attempt = 1; ; attempt++) {
                CallResult result = bench.play(way.on(badLine), MEASURED_ON_A_BAD_LINE);
                boolean worse = isWorse(result, direct);
                table.add(way.on(badLine), result, worse ? "WORSE than direct" : "about as good as direct");
                if (!worse) break;
                assertThat(attempt).as("%s: %s against %s", way, result, direct).isLessThan(ATTEMPTS_BY_CHANCE);
            }
        }
    }

    static List<Impairment> badLines() {
        boolean wanted = LabSize.chosen() == LabSize.WHOLE && isChosen(Scenarios.DIRECT_ON_A_BAD_LINE);
        return wanted ? Scenarios.BAD_LINES : List.of();
    }

    /// Chance decides which packets are lost, so the bounds are wide.
    private static boolean isWorse(CallResult relayed, CallResult direct) {
        boolean leaked = relayed.straightPackets() > 0;
        boolean slower = !(relayed.fps() >= 0.6 * direct.fps());
        boolean freezesLonger = !(relayed.longestGapMillis() <= direct.longestGapMillis() + 2_500);
        return leaked || slower || freezesLonger;
    }

    /// The ways side by side, in turns, so that all meet the same machine. Such times are good to 100 ms.
    @Test
    @EnabledIfSystemProperty(named = "lab", matches = "whole", disabledReason = "a series: runs with -Dlab=whole")
    void joinThroughTheRelayIsAsFastAsThroughCoturn() {
        List<Scenario> ways = chosen(Scenarios.SIDE_BY_SIDE);
        assumeTrue(!ways.isEmpty(), "not among -Dlab.only");
        Map<Scenario, List<Double>> joinMillis = new LinkedHashMap<>();
        boolean wasBusy = false;
        for (int round = 0; round < ROUNDS; round++) {
            for (Scenario way : ways) {
                CallResult result = played(way, () -> bench.play(way, Duration.ofSeconds(1)));
                expect(way, result);
                wasBusy |= result.machineWasBusy();
                joinMillis.computeIfAbsent(way, absent -> new ArrayList<>()).add(result.joinToFirstFrameMillis());
            }
        }
        joinMillis.forEach((way, millis) -> table.note("%s by %s: median join→frame of %d rounds %.0f ms (%.0f to %.0f)"
                .formatted(
                        way, way.relay(), ROUNDS, median(millis), Collections.min(millis), Collections.max(millis))));

        List<String> slower = ways.stream()
                .filter(way -> way.relay() == Relay.CALLGATE)
                .filter(way -> joinMillis.keySet().stream()
                        .filter(other ->
                                other.relay() == Relay.COTURN && other.name().equals(way.name()))
                        .anyMatch(other -> median(millisOf(joinMillis, way))
                                > median(millisOf(joinMillis, other)) + ACCURACY_MILLIS))
                .map(Scenario::name)
                .toList();
        assumeTrue(
                slower.isEmpty() || !wasBusy, () -> "INVALID, the machine was busy: slower than coturn by " + slower);
        assertThat(slower).as("slower than coturn").isEmpty();
    }

    private static List<Double> millisOf(Map<Scenario, List<Double>> joinMillis, Scenario way) {
        return joinMillis.getOrDefault(way, List.of());
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static String shown(Optional<Duration> duration) {
        return duration.map(length -> "%.1f s".formatted(length.toMillis() / 1_000.0))
                .orElse("never");
    }

    private static double secondsSince(long beganNanos) {
        return (System.nanoTime() - beganNanos) / 1e9;
    }

    /// Plays a scenario, and again if the machine was too busy for its result to say anything.
    private CallResult played(Scenario scenario, Supplier<CallResult> play) {
        CallResult result = play.get();
        table.add(scenario, result);
        for (int attempt = 1; scenario.isInvalidatedBy(result) && attempt < ATTEMPTS_ON_A_BUSY_MACHINE; attempt++) {
            result = play.get();
            table.add(scenario, result);
        }
        return result;
    }

    /// A result that says nothing is no failure, but where the laboratory is required it is no proof either.
    private void expect(Scenario scenario, CallResult result) {
        if (scenario.isInvalidatedBy(result) && !Boolean.getBoolean("lab.required")) {
            throw new TestAbortedException("INVALID, the machine was busy: " + result);
        }
        assertThat(scenario.isMetBy(result))
                .as("%s, expected %s: %s", scenario, scenario.expected(), result)
                .isTrue();
    }

    /// The launcher builds the program on first use, which must happen here: dmz has no way to any repository.
    static Path builtLauncher(Path folder) throws IOException, InterruptedException {
        String checkout = System.getProperty("callgate.root", "..");
        Path launcher = Path.of(System.getProperty("lab.launcher", checkout + "/callgate"))
                .toAbsolutePath();
        Path log = folder.resolve("build.log");
        Process help = new ProcessBuilder(launcher.toString(), "--help")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(help.waitFor(BUILD_LIMIT_MINUTES, TimeUnit.MINUTES)).isTrue();
        assertThat(help.exitValue()).as(launcher + " --help, see " + log).isZero();
        return launcher;
    }

    /// Leaves an empty folder there.
    static void empty(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> old = Files.walk(folder)) {
                for (Path file : old.sorted((a, b) -> b.compareTo(a)).toList()) Files.delete(file);
            }
        }
        Files.createDirectories(folder);
    }
}
