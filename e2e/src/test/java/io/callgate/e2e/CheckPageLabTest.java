package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.e2e.CheckBrowser.Eyes;
import io.callgate.e2e.CheckBrowser.Visit;
import io.callgate.testkit.Firewall;
import io.callgate.testkit.Host;
import io.callgate.testkit.NetLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the check page says behind real firewalls: a real Chromium in corp, the relay in the DMZ.
///
/// Runs with the laboratory: `-Dlab=smoke` or `-Dlab=whole`.
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class CheckPageLabTest {
    private static final List<String> PROGRAMS = List.of("/usr/bin/chromium", "/usr/bin/certutil", "/usr/bin/openssl");

    private final Path folder = Path.of("target", "lab-check").toAbsolutePath();
    private NetLab lab;
    private LabAuthority authority;
    private CallgateRelay relay;

    @BeforeAll
    void setUp(Installation installation) throws IOException {
        Optional<String> obstacle = PROGRAMS.stream()
                .filter(program -> !Files.isExecutable(Path.of(program)))
                .findFirst()
                .map(program -> "there is no " + program)
                .or(NetLab::obstacle);
        if (Boolean.getBoolean("lab.required")) assertThat(obstacle).isEmpty();
        assumeTrue(obstacle.isEmpty(), () -> "no laboratory here: " + obstacle.orElseThrow());
        Files.createDirectories(folder);
        lab = NetLab.create(folder);
        authority = new LabAuthority(
                Files.createDirectories(folder.resolve("authority")), lab.dmz().address(), "relay.callgate.test");
        relay = new CallgateRelay(lab, authority, installation.launcher(), folder, "check", false);
    }

    @AfterAll
    void tearDown() {
        if (relay != null) relay.close();
        if (lab != null) lab.close();
    }

    @ParameterizedTest(name = "{0}, page by {1}, certificate trusted: {2}")
    @CsvSource(delimiter = '|', textBlock = """
        OPEN        | https | true  | Passes  | Passes  | Passes                       | Calls get through: UDP works, and so does every
        TCP443_ONLY | http  | true  | Blocked | Passes  | Passes                       | Calls get through, but not by UDP
        TCP443_ONLY | http  | false | Blocked | Passes  | Certificate not trusted here | Calls get through, but not by UDP
        TLS443_ONLY | https | true  | Blocked | Blocked | Passes                       | Calls get through inside TLS alone
        TLS443_ONLY | https | false | Blocked | Blocked | Certificate not trusted here | Calls do not get through yet: TLS reaches
        """)
    void saysWhatTheFirewallDoes(
            Firewall firewall, String scheme, boolean trusts, String udp, String tcp, String tls, String verdict)
            throws IOException {
        lab.router().enforce(firewall);
        String origin = scheme + "://" + lab.dmz().address() + (scheme.equals("https") ? "" : ":443");

        try (CheckBrowser browser = new CheckBrowser(chromiumInCorp(trusts), origin);
                Visit visit = browser.visit(Eyes.DESKTOP)) {
            visit.open().awaitResult();
            visit.picture("lab-" + firewall + "-" + scheme + (trusts ? "" : "-untrusted"));

            assertThat(visit.word("udp")).startsWith(udp);
            assertThat(visit.word("tcp")).startsWith(tcp);
            assertThat(visit.word("tls")).startsWith(tls);
            assertThat(visit.verdict()).startsWith(verdict);
            assertThat(visit.askedElsewhere()).isEmpty();
            if (firewall == Firewall.TLS443_ONLY) {
                assertThat(visit.why("udp")).contains("deep packet inspection");
                assertThat(visit.why("tcp")).contains("deep packet inspection", "passes only TLS");
            }
            if (firewall != Firewall.OPEN) {
                assertThat(visit.rules().getFirst())
                        .contains("allow outbound UDP to " + lab.dmz().address() + " port 443, answers allowed")
                        .contains("nft: ip daddr " + lab.dmz().address() + " udp dport 443 accept");
            }
        }
    }

    private Path chromiumInCorp(boolean trusts) throws IOException {
        Host corp = lab.corp();
        Path file = folder.resolve(trusts ? "chromium-trusting" : "chromium-distrusting");
        String command = String.join(" ", corp.commandInside(List.of("/usr/bin/chromium")));
        Files.writeString(file, "#!/bin/sh\nHOME=%s exec %s \"$@\"\n".formatted(authority.home(trusts), command));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
