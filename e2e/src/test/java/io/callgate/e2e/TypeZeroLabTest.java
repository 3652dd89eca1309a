package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.Firewall;
import io.callgate.testkit.Host;
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

/// Agora's `rtc.proxy_server` of type 0, a SOCKS5 proxy without a login (VENDORS A-08), with real media:
/// through the company's own, Debian's dante, and through our relay, which wants a login and so is asked for
/// a lease. A friend outside sees and hears who is in corp, and is seen and heard. Runs by flag as
/// [FirewallLabTest].
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TypeZeroLabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder = Path.of("target", "lab-type-zero").toAbsolutePath();
    private RtcBench bench;

    @BeforeAll
    void setUp(Installation installation) throws IOException {
        Obstacle.stopAt(RtcBench.obstacle().or(Dante::obstacle));
        FirewallLabTest.empty(folder);
        bench = new RtcBench(folder, installation.launcher(), new RelayDoors("1080", ""), List.of("friend"));
    }

    @AfterAll
    void tearDown() {
        if (bench != null) bench.close();
    }

    /// Nothing but dante is open to corp.
    @Test
    void a08TypeZeroThroughDante() throws IOException {
        bench.lab().router().enforce(Firewall.CLOSED);
        Host company = bench.lab().company();
        try (Dante dante = Dante.on(company, "dmz", folder)) {
            meetAFriend("dante", dante.typeZero(), company);

            assertThat(dante.log()).contains(bench.lab().dmz().address() + ".1080");
        }
    }

    /// Nothing but one TCP port of the relay is open to corp, and the app has no credential for its SOCKS5.
    @Test
    @EnabledIfSystemProperty(named = "lab", matches = "whole", disabledReason = "runs with -Dlab=whole")
    void a08TypeZeroAtOurRelayTakesALease() throws IOException {
        bench.lab().router().enforce(List.of("tcp 1080"));

        meetAFriend(
                "relay",
                "[0, \"%s\", 1080]".formatted(bench.lab().dmz().address()),
                bench.lab().dmz());
    }

    /// A proxy that is not there is named, and the call goes nowhere else.
    @Test
    @EnabledIfSystemProperty(named = "lab", matches = "whole", disabledReason = "runs with -Dlab=whole")
    void a08TypeZeroWithoutItsProxyGoesNowhere() {
        bench.lab().router().enforce(Firewall.OPEN);
        Host company = bench.lab().company();
        LeakWatch watch = LeakWatch.over(bench.lab().corp(), List.of(company));
        Properties told = bench.told("STANDARD", bench.nextRoom(), VendorSample.AGORA.uid());
        told.setProperty("proxyServer", "[0, \"%s\", 1080]".formatted(company.address()));
        try (LabProcess java = VendorSample.AGORA.start(bench, told)) {
            java.awaitLine(Pattern.compile("^connection state 5, reason \\d+$"), PATIENCE);
        }
        assertThat(watch.packets()).as("packets past the proxy").isZero();
    }

    private void meetAFriend(String label, String proxyServer, Host proxy) {
        int room = bench.nextRoom();
        Properties outside = bench.told("NONE", room);
        outside.remove("entries");
        outside.setProperty("people", "friend:9:1000");
        outside.setProperty("hertz", "440");
        Properties inside = bench.told("STANDARD", room, VendorSample.AGORA.uid());
        inside.setProperty("proxyServer", proxyServer);
        LeakWatch watch = LeakWatch.over(bench.lab().corp(), List.of(proxy));

        try (RtcPeople friend = RtcPeople.start(bench.lab().host("friend"), folder, "friend-" + label, outside);
                LabProcess java = VendorSample.AGORA.start(bench, inside)) {
            java.awaitLine(Pattern.compile("^proxy of type 3 after \\d+ ms$"), PATIENCE);
            java.awaitLine(Pattern.compile("^\\d+ shows number 9$"), PATIENCE);
            java.awaitLine(Pattern.compile("^\\d+ sounds at 1000 Hz$"), PATIENCE);
            friend.await("seen by=friend number=" + VendorSample.AGORA.number(), PATIENCE);
            friend.await("heard by=friend hertz=440", PATIENCE);
        }
        assertThat(watch.packets()).as("packets past the proxy").isZero();
    }
}
