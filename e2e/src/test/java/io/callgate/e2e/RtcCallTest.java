package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.Firewall;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
/// `-Drtc.rounds=100` joins and leaves that often.
@Timeout(180)
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RtcCallTest {
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private final Path folder = Path.of("target", "rtc").toAbsolutePath();
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
            assertThat(bench.lab().router().packetsBetweenCorpAndCloud())
                    .as("packets past the relay")
                    .isZero();
        }
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
    void manyCallsLeaveNothingBehind() {
        int rounds = Integer.getInteger("rtc.rounds", 6);
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

    private Properties told(String mode) {
        Properties told = bench.told(mode, bench.nextRoom(), "alice", "bob");
        told.setProperty("people", "alice:5:440,bob:9:1000");
        told.setProperty("hertz", "440,1000");
        return told;
    }
}
