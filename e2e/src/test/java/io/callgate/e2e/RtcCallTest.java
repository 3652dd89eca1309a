package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.testkit.Firewall;
import io.callgate.testkit.LabProcess;
import io.callgate.testkit.NetLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The SDK's engine with real media: two people behind a firewall that opens the relay alone, a relay with
/// its control (`callgate serve`), and a real Janus beyond. Each on a host of its own, as Janus answers
/// nobody from its own.
@Timeout(180)
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RtcCallTest {
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private final Path folder = Path.of("target", "rtc").toAbsolutePath();
    private NetLab lab;
    private Installation installation;
    private Path data;
    private final Map<String, String> tokens = new HashMap<>();
    private int rooms = 4000;

    @BeforeAll
    void setUp(Installation installed) throws IOException {
        Optional<String> obstacle = obstacle();
        assumeTrue(obstacle.isEmpty(), () -> "no laboratory here: " + obstacle.orElseThrow());
        FirewallLabTest.empty(folder);
        installation = installed;
        data = folder.resolve("data");
        lab = NetLab.create(folder);
        Janus.start(lab.cloud(), Files.createDirectories(folder.resolve("janus")));
        List<String> serve = List.of(
                installed.launcher().toString(),
                "serve",
                "--data",
                data.toString(),
                "--address",
                lab.dmz().address(),
                "--port",
                "443",
                "--console-port",
                "0",
                "--allow",
                lab.cloud().address() + "/32");
        LabProcess relay = lab.dmz().start("callgate", serve, Map.of());
        relay.awaitLine(Pattern.compile("^ready$"), PATIENCE);
    }

    static Optional<String> obstacle() {
        return List.of("/usr/bin/janus", "/usr/lib/x86_64-linux-gnu/libpulse.so.0").stream()
                .filter(file -> !Files.exists(Path.of(file)))
                .findFirst()
                .map(file -> "there is no " + file)
                .or(NetLab::obstacle);
    }

    @AfterAll
    void tearDown() {
        if (lab != null) lab.close();
    }

    @ParameterizedTest(name = "{0} through {1}")
    @CsvSource({
        "UDP, UDP_ALLOWLIST, UDP, CLOUD_UDP, udp",
        "STANDARD, TCP443_ONLY, TCP, CLOUD_TCP, tcp",
        "TCP, TLS443_ONLY, TLS, CLOUD_TLS, tcp"
    })
    void peopleSeeAndHearEachOther(String mode, Firewall firewall, String transport, String path, String protocol) {
        lab.router().enforce(firewall);
        Properties told = told(mode);
        told.setProperty("transports", transport);
        try (RtcPeople people = RtcPeople.start(lab.corp(), folder, "people-" + transport, told)) {
            people.await("all receive", PATIENCE);

            String output = people.output();
            assertThat(output)
                    .contains("seen by=alice number=9", "seen by=bob number=5")
                    .contains("heard by=alice hertz=1000", "heard by=bob hertz=440")
                    .contains("path by=alice " + path, "path by=bob " + path)
                    .doesNotContain("defect");
            people.await("pair by=bob .*localType=relay, relayProtocol=" + protocol, PATIENCE);
            assertThat(people.output()).doesNotContainPattern("pair .*localType=(host|srflx|prflx)");
            assertThat(lab.router().packetsBetweenCorpAndCloud())
                    .as("packets past the relay")
                    .isZero();
        }
    }

    @Test
    void withoutAProxyTheyMeetDirectly() {
        lab.router().enforce(Firewall.OPEN);
        Properties told = told("NONE");
        told.remove("entries");
        try (RtcPeople people = RtcPeople.start(lab.corp(), folder, "people-direct", told)) {
            people.await("all receive", PATIENCE);

            people.await("pair by=alice .*localType=(host|prflx)", PATIENCE);
            assertThat(people.output()).contains("seen by=alice number=9").doesNotContain("localType=relay");
        }
    }

    @Test
    void manyCallsLeaveNothingBehind() {
        int rounds = Integer.getInteger("rtc.rounds", 6);
        lab.router().enforce(Firewall.UDP_ALLOWLIST);
        Properties told = told("UDP");
        told.setProperty("rounds", Integer.toString(rounds));
        try (RtcPeople people = RtcPeople.start(lab.corp(), folder, "people-rounds", told)) {
            people.await("^end$", Duration.ofSeconds(20L + 5L * rounds));

            assertThat(people.awaitEnd(PATIENCE)).isZero();
            List<Long> resident = people.numbers("rss=(\\d+)");
            System.out.println("resident after each round, KiB: " + resident);
            assertThat(resident).hasSize(rounds);
            assertThat(resident.get(rounds - 1) - resident.get(rounds / 3))
                    .as("growth since a third of the rounds, KiB: %s", resident)
                    .isLessThan(20_000);
        }
    }

    private Properties told(String mode) {
        Properties told = new Properties();
        told.setProperty("janus", Janus.signallingUrl(lab.cloud()));
        told.setProperty("entries", lab.dmz().address() + ":443");
        told.setProperty("ca", data.resolve("self-signed.pem").toString());
        told.setProperty("app", "demo");
        told.setProperty("mode", mode);
        told.setProperty("room", Integer.toString(rooms++));
        told.setProperty("people", "alice:5:440,bob:9:1000");
        told.setProperty("hertz", "440,1000");
        for (String uid : List.of("alice", "bob")) {
            told.setProperty("token." + uid, tokens.computeIfAbsent(uid, this::token));
        }
        return told;
    }

    private String token(String uid) {
        List<String> command = List.of(
                installation.launcher().toString(), "token", "--app", "demo", "--uid", uid, "--data", data.toString());
        ProcessBuilder builder = new ProcessBuilder(lab.dmz().commandInside(command));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        ProgramRun run = ProgramRun.of(builder);
        assertThat(run.exitCode()).as(run.output()).isZero();
        return run.output().strip();
    }
}
