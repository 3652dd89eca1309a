package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.Firewall;
import io.callgate.testkit.Host;
import io.callgate.testkit.MachineLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The SDK's engine and a real Chromium in one room, and an engine whose relays die under it. Runs by flag as
/// [FirewallLabTest].
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RtcLabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long KILLED_MILLIS = 1_500;
    private static final long DRAINED_MILLIS = 300;
    private static final long MOVED_MILLIS = 3_000;

    /// Of the only round of a smoke run, which has no median: some gaps last until a decoder asks for a picture.
    private static final long KILLED_AT_WORST_MILLIS = 8_000;

    private final boolean isWhole = LabSize.chosen() == LabSize.WHOLE;
    private final int rounds = isWhole ? 5 : 1;
    private final Path folder = Path.of("target", "lab-rtc").toAbsolutePath();
    private Path launcher;

    @BeforeAll
    void setUp(Installation installation) throws IOException {
        Obstacle.stopAt(RtcBench.obstacle().or(LabBench::obstacle).or(Fleet::obstacle));
        FirewallLabTest.empty(folder);
        launcher = installation.launcher();
    }

    @ParameterizedTest(name = "{0} through {1}")
    @CsvSource({"UDP, UDP_ALLOWLIST, turn:%s:443?transport=udp", "TCP, TCP443_ONLY, turn:%s:443?transport=tcp"})
    void aJavaAndAChromiumParticipantSeeAndHearEachOther(String mode, Firewall firewall, String turn)
            throws IOException {
        Path here = Files.createDirectories(folder.resolve("mixed-" + mode));
        try (RtcBench bench = new RtcBench(here, launcher);
                CorpBrowsers browsers = BrowserInRoom.browsers(bench, here)) {
            bench.lab().router().enforce(firewall);
            int room = bench.nextRoom();
            Properties told = bench.told(mode, room, "java");
            told.setProperty("people", "java:7:440");
            told.setProperty("hertz", "440");
            told.setProperty("anySound", "true");

            try (RtcPeople java = bench.people("java", told)) {
                java.await("published by=java", PATIENCE);
                String url = turn.formatted(bench.lab().dmz().address());
                try (BrowserInRoom chromium = BrowserInRoom.join(bench, browsers, room, url)) {
                    chromium.awaitPicture(PATIENCE);
                    java.await("first by=java stream=chromium", PATIENCE);
                    java.await("all receive", PATIENCE);
                    chromium.seesAndHears();
                    assertThat(bench.lab().router().packetsBetweenCorpAndCloud())
                            .as("packets past the relay")
                            .isZero();
                }
            }
        }
    }

    /// With two candidates, whichever relay is in use is killed, again and again; then it drains; then, in the
    /// whole laboratory, the machine itself loses its address and gets another.
    @Test
    void whateverHappensToTheWayIsAGapOfAMomentAndNobodyLeaves() throws IOException {
        Path here = Files.createDirectories(folder.resolve("faults"));
        try (Fleet fleet = new Fleet(here, launcher)) {
            Janus.start(fleet.cloud(), Files.createDirectories(here.resolve("janus")), Janus.TO_RECLAIM);
            FleetApp app = fleet.activate("calls", "[\"main\"]");
            try (RtcPeople people = RtcPeople.start(fleet.corp(), here, "people", told(fleet, app))) {
                people.await("all receive", PATIENCE);
                TimedRounds killed = new TimedRounds("killed", isWhole ? KILLED_MILLIS : KILLED_AT_WORST_MILLIS);
                TimedRounds drained = new TimedRounds("drained", DRAINED_MILLIS);
                TimedRounds moved = new TimedRounds("another address", MOVED_MILLIS);
                for (int round = 0; round < rounds; round++) {
                    killed.play(() -> longestGap(people, fleet, fleet::kill));
                }
                for (int round = 0; round < rounds; round++) {
                    drained.play(() -> longestGap(people, fleet, fleet::drain));
                }
                List<TimedRounds> all = new ArrayList<>(List.of(killed, drained));
                if (isWhole) {
                    AtomicInteger number = new AtomicInteger(77);
                    moved.play(() -> longestGapOfAnotherAddress(people, fleet.corp(), number.getAndIncrement()));
                    all.add(moved);
                }

                Files.write(
                        folder.resolve("gaps.txt"),
                        all.stream().map(TimedRounds::toString).toList());
                System.out.println(Files.readString(folder.resolve("gaps.txt")));
                assertThat(people.output()).doesNotContain("removed by", "DISCONNECTED", "FAILED", "defect");
                all.forEach(TimedRounds::requireMedianUnderBound);
            }
        }
    }

    /// The longer of the two people's longest gaps while the relay in use ends and who is on it goes to the
    /// other; 0 if nobody noticed.
    private static TimedRounds.Took longestGap(RtcPeople people, Fleet fleet, Consumer<Host> ends) {
        int before = people.mark();
        Host relay = relayOf(fleet, people.output(), "alice");
        List<String> onIt = Stream.of("alice", "bob")
                .filter(one -> relayOf(fleet, people.output(), one).equals(relay))
                .toList(); // on a busy machine not always both
        MachineLoad load = MachineLoad.now();
        ends.accept(relay);
        for (String one : onIt) {
            people.awaitAfter(before, "path by=" + one + " CLOUD_UDP", PATIENCE);
        }
        double idleShare = MachineLoad.now().idleShareSince(load);
        fleet.start(relay); // takes longer than a gap that is still to come
        return new TimedRounds.Took(longest(people.numbersAfter(before, "gap .* millis=(\\d+)")), idleShare);
    }

    private static TimedRounds.Took longestGapOfAnotherAddress(RtcPeople people, Host corp, int number) {
        int before = people.mark();
        MachineLoad load = MachineLoad.now();
        String subnet = corp.address().substring(0, corp.address().lastIndexOf('.'));
        for (String command : List.of(
                "-4 addr flush dev eth0",
                "addr add " + subnet + "." + number + "/24 dev eth0",
                "route add default via " + subnet + ".1")) {
            List<String> line = new ArrayList<>(List.of("ip"));
            line.addAll(List.of(command.split(" ", -1)));
            ProgramRun run = ProgramRun.of(corp.commandInside(line));
            assertThat(run.exitCode()).as(run.output()).isZero();
        }
        for (String one : List.of("alice", "bob")) {
            people.awaitAfter(before, "gap by=" + one, PATIENCE);
            people.awaitAfter(before, "calm by=" + one, PATIENCE);
        }
        return TimedRounds.Took.since(load, longest(people.numbersAfter(before, "gap .* millis=(\\d+)")));
    }

    private static long longest(List<Long> gaps) {
        return gaps.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    private static Host relayOf(Fleet fleet, String output, String who) {
        Matcher path = Pattern.compile("path by=" + who + " CLOUD_UDP relay=relay(\\d)")
                .matcher(output);
        int last = 0;
        while (path.find()) last = Integer.parseInt(path.group(1));
        assertThat(last).as("a relay in use: %s", output).isPositive();
        return fleet.relay(last);
    }

    private static Properties told(Fleet fleet, FleetApp app) {
        Properties told = new Properties();
        told.setProperty("janus", Janus.signallingUrl(fleet.cloud()));
        told.setProperty(
                "entries", fleet.relay(1).address() + ":443," + fleet.relay(2).address() + ":443");
        told.setProperty("ca", fleet.authorityCertificate().toString());
        told.setProperty("app", app.id());
        told.setProperty("mode", "UDP");
        told.setProperty("room", "77");
        told.setProperty("people", "alice:5:440,bob:9:1000");
        told.setProperty("hertz", "440,1000");
        told.setProperty("token.alice", app.token("alice"));
        told.setProperty("token.bob", app.token("bob"));
        return told;
    }
}
