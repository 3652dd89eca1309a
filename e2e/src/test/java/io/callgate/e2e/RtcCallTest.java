package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.Firewall;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The SDK's engine with real media: two people behind a firewall that opens the relay alone, in one JVM.
/// `-Drtc.rounds=40` joins and leaves that often; `-Dlab=whole` a hundred times.
@Timeout(180)
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RtcCallTest {
    private static final int TWO_SECONDS_BYTES = 2 * 15 * 320 * 180 * 3 / 2;
    private static final String PEOPLE = "alice:5:440,bob:9:1000"; // as RtcPeer reads it
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private final Path folder = Path.of("target", "rtc").toAbsolutePath();
    private RtcBench bench;
    private LeakWatch watch;

    @BeforeAll
    void setUp(Installation installation) throws IOException {
        Obstacle.stopAt(RtcBench.obstacle());
        FirewallLabTest.empty(folder);
        bench = new RtcBench(folder, installation.launcher());
    }

    @BeforeEach
    void watch() {
        watch = LeakWatch.over(bench.lab().corp(), List.of(bench.lab().dmz()));
    }

    @AfterAll
    void tearDown() {
        if (bench != null) bench.close();
    }

    @ParameterizedTest(name = "{0} through {1}")
    @CsvSource({
        "UDP, UDP_ALLOWLIST, UDP, CLOUD_UDP, udp",
        "STANDARD, TCP443_ONLY, TCP, CLOUD_TCP, tcp",
        "TCP, TLS443_ONLY, TLS, CLOUD_TLS, tcp"
    })
    void peopleSeeAndHearEachOther(String mode, Firewall firewall, String transport, String path, String protocol) {
        bench.lab().router().enforce(firewall);
        Properties told = told(mode);
        told.setProperty("transports", transport);
        try (RtcPeople people = bench.people("people-" + transport, told)) {
            people.await("all receive", PATIENCE);
            people.await("pair by=bob .*localType=relay, relayProtocol=" + protocol, PATIENCE);

            assertThat(people.output())
                    .contains("seen by=alice number=9", "seen by=bob number=5")
                    .contains("heard by=alice hertz=1000", "heard by=bob hertz=440")
                    .contains("path by=alice " + path, "path by=bob " + path)
                    .doesNotContain("defect")
                    .doesNotContainPattern("pair .*localType=(host|srflx|prflx)");
            assertNothingPastTheRelay();
        }
    }

    /// What a packet past the relay is: to the cloud, to a name server, to anybody else.
    private void assertNothingPastTheRelay() {
        assertThat(bench.lab().router().packetsBetweenCorpAndCloud())
                .as("packets between corp and cloud")
                .isZero();
        assertThat(watch.packets()).as("packets to others than the relay").isZero();
    }

    /// The company's resolver is asked for the relay's name; whatever else has a name is asked for at the relay.
    @Test
    void theRelayMayBeKnownByItsNameAlone() {
        bench.lab().router().enforce(Firewall.UDP_ALLOWLIST);
        bench.lab().dnsOn(Map.of("relay.callgate.test", bench.lab().dmz().address()));
        watch = LeakWatch.over(
                bench.lab().corp(), List.of(bench.lab().dmz(), bench.lab().company()));
        Properties told = told("UDP");
        told.setProperty("entries", "relay.callgate.test:443");
        told.setProperty("serverName", bench.lab().dmz().address()); // its certificate is for that
        try (RtcPeople people = bench.people("people-name", told)) {
            people.await("all receive", PATIENCE);

            assertThat(people.output()).contains("path by=alice CLOUD_UDP").doesNotContain("defect");
            assertNothingPastTheRelay();
        } finally {
            bench.lab().dnsOff();
        }
    }

    @Test
    void signallingMayHaveTlsOfItsOwn() {
        bench.lab().router().enforce(Firewall.UDP_ALLOWLIST);
        Properties told = secure();
        told.setProperty("cloudCa", bench.authority().authorityCertificate().toString());
        try (RtcPeople people = bench.people("people-wss", told)) {
            people.await("all receive", PATIENCE);

            assertThat(people.output())
                    .contains("seen by=alice number=9", "heard by=bob hertz=440", "path by=bob CLOUD_UDP")
                    .doesNotContain("defect");
            assertNothingPastTheRelay();
        }
    }

    /// The twin: the system's authorities do not know who has issued the cloud's certificate.
    @Test
    void aCloudThatIsNotTrustedIsNamedSo() {
        bench.lab().router().enforce(Firewall.UDP_ALLOWLIST);
        Properties told = secure();
        told.setProperty("giveUpSeconds", "5");
        try (RtcPeople people = bench.people("people-untrusted", told)) {
            String failed = people.await("failed by=alice", PATIENCE);

            assertThat(failed)
                    .contains(
                            "TLS_UNTRUSTED",
                            "no TLS with " + bench.lab().cloud().address());
            assertThat(people.output()).doesNotContain("seen by", "heard by", "defect");
            assertNothingPastTheRelay();
        }
    }

    private Properties secure() {
        Properties told = bench.toldSecure("UDP", bench.nextRoom(), "alice", "bob");
        told.setProperty("people", PEOPLE);
        told.setProperty("hertz", "440,1000");
        told.setProperty("giveUpSeconds", "40");
        return told;
    }

    /// Nothing but the company's own HTTP proxy is open to them: neither libwebrtc nor OkHttp could use it.
    @Test
    void throughTheCompanysOwnProxyToo() throws IOException {
        bench.lab().router().enforce(Firewall.CLOSED);
        InetSocketAddress proxy = new InetSocketAddress(bench.lab().company().address(), 3128);
        Properties told = told("STANDARD");
        told.setProperty("through", proxy.getHostString() + ":3128");
        try (ConnectStandIn standIn = ConnectStandIn.open(bench.lab().company(), proxy);
                RtcPeople people = bench.people("people-company", told)) {
            people.await("all receive", PATIENCE);

            assertThat(standIn).isNotNull();
            assertThat(people.output())
                    .contains("seen by=alice number=9", "heard by=bob hertz=440", "path by=bob LOCAL_HTTP")
                    .doesNotContain("defect");
            assertThat(bench.lab().router().packetsBetweenCorpAndCloud()).isZero();
        }
    }

    /// Last, as Janus goes on asking for people who have gone without a word, straight, and the others
    /// count that.
    @Test
    @Order(Integer.MAX_VALUE)
    void withoutAProxyTheyMeetDirectly() {
        bench.lab().router().enforce(Firewall.OPEN);
        Properties told = told("NONE");
        told.remove("entries");
        try (RtcPeople people = bench.people("people-direct", told)) {
            people.await("all receive", PATIENCE);
            people.await("pair by=alice .*localType=(host|prflx)", PATIENCE);

            assertThat(people.output()).contains("seen by=alice number=9").doesNotContain("localType=relay");
        }
    }

    @Test
    void aRecorderKeepsWhatEverybodySaysAndShows() throws IOException {
        bench.lab().router().enforce(Firewall.UDP_ALLOWLIST);
        Properties told = told("UDP");
        Path recordings = folder.resolve("recordings");
        try (RtcPeople people = bench.people("people-recorded", told)) {
            people.await("all receive", PATIENCE);
            try (LabProcess recorder = recorder(told, recordings)) {
                recorder.awaitLine(Pattern.compile("^recording alice to .*"), PATIENCE);
                recorder.awaitLine(Pattern.compile("^recording bob to .*"), PATIENCE);
                for (String name : List.of("alice.y4m", "bob.y4m")) {
                    Await.until(
                            "two seconds of " + name,
                            PATIENCE,
                            () -> Recording.bytes(recordings.resolve(name)) > TWO_SECONDS_BYTES);
                }
            }
        }

        assertThat(Recording.numbers(recordings.resolve("alice.y4m"))).containsOnly(5);
        assertThat(Recording.numbers(recordings.resolve("bob.y4m"))).containsOnly(9);
        assertThat(Recording.pitch(recordings.resolve("alice.wav"), 440)).isGreaterThan(0.5);
        assertThat(Recording.pitch(recordings.resolve("bob.wav"), 1000)).isGreaterThan(0.5);
        assertNothingPastTheRelay();
    }

    @Test
    @Timeout(1_200)
    void manyCallsLeaveNothingBehind() {
        int rounds = Integer.getInteger("rtc.rounds", isWholeLaboratory() ? 100 : 6);
        bench.lab().router().enforce(Firewall.UDP_ALLOWLIST);
        Properties told = told("UDP");
        told.setProperty("rounds", Integer.toString(rounds));
        try (RtcPeople people = bench.people("people-rounds", told)) {
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

    /// Without the laboratory's flag these tests run too, so that there may be no size.
    private static boolean isWholeLaboratory() {
        return System.getProperty("lab") != null && LabSize.chosen() == LabSize.WHOLE;
    }

    /// The example, as a program in corp.
    private LabProcess recorder(Properties told, Path recordings) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.callgate.examples.recorder.Recorder",
                told.getProperty("entries"),
                told.getProperty("ca"),
                told.getProperty("janus"),
                told.getProperty("room"),
                recordings.toString());
        return bench.lab()
                .corp()
                .start("Recorder", command, Map.of("CALLGATE_TOKEN", told.getProperty("token.recorder")));
    }

    private Properties told(String mode) {
        Properties told = bench.told(mode, bench.nextRoom(), "alice", "bob", "recorder");
        told.setProperty("people", PEOPLE);
        told.setProperty("hertz", "440,1000");
        told.setProperty("giveUpSeconds", "40"); // within our patience, so that a call that fails says why
        return told;
    }
}
