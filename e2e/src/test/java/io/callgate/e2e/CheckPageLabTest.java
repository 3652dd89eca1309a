package io.callgate.e2e;

import static io.callgate.e2e.LabSize.SMOKE;
import static io.callgate.e2e.LabSize.WHOLE;
import static io.callgate.testkit.Firewall.CLOSED;
import static io.callgate.testkit.Firewall.TCP443_ONLY;
import static io.callgate.testkit.Firewall.TLS443_ONLY;
import static io.callgate.testkit.Firewall.UDP443_ONLY;
import static io.callgate.testkit.Firewall.UDP_ALLOWLIST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.PlaywrightException;
import io.callgate.e2e.CheckBrowser.Eyes;
import io.callgate.e2e.CheckBrowser.Visit;
import io.callgate.testkit.Firewall;
import io.callgate.testkit.MachineLoad;
import io.callgate.testkit.NetLab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/// The check page opened behind each firewall of the laboratory: does it say what the firewall does?
///
/// Runs by the same flags as [FirewallLabTest]; its table is kept in `target/lab-check`.
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckPageLabTest {
    private static final String PASSES = "Passes, (good|usable|poor)";
    private static final String BLOCKED = "Blocked";

    private final Path folder = Path.of("target", "lab-check").toAbsolutePath();
    private final List<String> rows = new ArrayList<>();
    private NetLab lab;
    private LabAuthority authority;
    private Path launcher;
    private int visits;

    /// What the page must say.
    ///
    /// @param scheme of the address that the person types
    /// @param trusts whether the browser knows the authority that signed the relay's certificate
    /// @param udp regular expression of the row's word, as `tcp` and `tls`
    /// @param verdict how the verdict begins
    /// @param why words in the reason of each row that does not pass
    /// @param rule words in what is to be changed; empty if nothing is
    record Expected(
            LabSize size,
            Firewall firewall,
            String scheme,
            boolean trusts,
            String udp,
            String tcp,
            String tls,
            String verdict,
            String why,
            String rule) {

        private boolean isMetBy(Finding found) {
            return found.udp().matches(udp)
                    && found.tcp().matches(tcp)
                    && found.tls().matches(tls)
                    && found.verdict().startsWith(verdict)
                    && found.reasons().stream().allMatch(reason -> reason.contains(why))
                    && (rule.isEmpty()
                            ? found.rules().isEmpty()
                            : found.rules().stream().anyMatch(shown -> shown.contains(rule)));
        }

        /// Whether something passed that must not: no load of the machine does that.
        private boolean isContradictedBy(Finding found) {
            return (found.udp().matches(PASSES) && udp.equals(BLOCKED))
                    || (found.tcp().matches(PASSES) && tcp.equals(BLOCKED));
        }

        @Override
        public String toString() {
            return firewall + " by " + scheme + (trusts ? "" : ", certificate not trusted");
        }
    }

    /// What the page said.
    record Finding(String verdict, String udp, String tcp, String tls, List<String> reasons, List<String> rules) {}

    static Stream<Expected> pages() {
        return Stream.of(
                        new Expected(
                                WHOLE,
                                UDP_ALLOWLIST,
                                "http",
                                true,
                                PASSES,
                                PASSES,
                                PASSES,
                                "Calls get through: UDP works, and so does every other way",
                                "",
                                ""),
                        new Expected(
                                WHOLE,
                                TCP443_ONLY,
                                "http",
                                true,
                                BLOCKED,
                                PASSES,
                                PASSES,
                                "Calls get through, but not by UDP",
                                "The relay got no packet of this test",
                                "udp dport 443 accept"),
                        new Expected(
                                SMOKE,
                                TLS443_ONLY,
                                "https",
                                true,
                                BLOCKED,
                                BLOCKED,
                                PASSES,
                                "Calls get through inside TLS alone",
                                "deep packet inspection",
                                "udp dport 443 accept"),
                        new Expected(
                                SMOKE,
                                TLS443_ONLY,
                                "https",
                                false,
                                BLOCKED,
                                BLOCKED,
                                "Certificate not trusted here",
                                "Calls do not get through yet: TLS reaches the relay",
                                "",
                                "trusted certificate needed"))
                .filter(page -> LabSize.chosen().includes(page.size()) && isChosen(page));
    }

    private static boolean isChosen(Object page) {
        return ("check: " + page).matches(System.getProperty("lab.only", ".*"));
    }

    @BeforeAll
    void setUp() throws Exception {
        Obstacle.stopAt(LabBench.obstacle());
        FirewallLabTest.empty(folder);
        launcher = FirewallLabTest.builtLauncher(folder);
        lab = NetLab.create(folder);
        authority = new LabAuthority(
                Files.createDirectories(folder.resolve("authority")), lab.dmz().address(), "relay.callgate.test");
    }

    @AfterAll
    void tearDown() throws IOException {
        if (lab == null) return;
        lab.close();
        String table = "| firewall, page | verdict | UDP | TCP | TLS | reasons | to change | as expected |\n"
                + "|---".repeat(8) + "|\n" + String.join("\n", rows) + "\n";
        System.out.println("\n" + table);
        Files.writeString(folder.resolve("table.md"), table);
    }

    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("pages")
    void pageSaysWhatTheFirewallDoes(Expected expected) throws IOException {
        MachineLoad before = MachineLoad.now();
        Finding found = visit(expected);
        boolean isMet = expected.isMetBy(found);
        boolean isInvalid = !isMet && !expected.isContradictedBy(found) && MachineLoad.wasBusySince(before);
        rows.add("| %s | %s | %s | %s | %s | %s | %s | %s |"
                .formatted(
                        expected,
                        found.verdict(),
                        found.udp(),
                        found.tcp(),
                        found.tls(),
                        String.join(" / ", found.reasons()),
                        String.join(" / ", found.rules()).replace("\n", " "),
                        isMet ? "yes" : isInvalid ? "INVALID, the machine was busy" : "NO"));

        if (isInvalid && !Boolean.getBoolean("lab.required")) {
            throw new TestAbortedException("INVALID, the machine was busy: " + found);
        }
        assertThat(isMet).as("%s: %s", expected, found).isTrue();
    }

    /// The twins: behind these the relay's page does not even open.
    @ParameterizedTest(name = "{0} by {1}", allowZeroInvocations = true)
    @MethodSource("closedDoors")
    void pageDoesNotOpen(Firewall firewall, String scheme) throws IOException {
        try (CallgateRelay _ = relay();
                CheckBrowser browser = browser(scheme, true)) {
            lab.router().enforce(firewall);

            try (Visit visit = browser.visit(Eyes.DESKTOP)) {
                visit.page().setDefaultNavigationTimeout(4_000);
                assertThatThrownBy(visit::open).isInstanceOf(PlaywrightException.class);
            }
        }
        rows.add("| %s by %s | the page does not open | | | | | | yes |".formatted(firewall, scheme));
    }

    static List<Arguments> closedDoors() {
        return Stream.of(
                        Arguments.of(TLS443_ONLY, "http"),
                        Arguments.of(UDP443_ONLY, "https"),
                        Arguments.of(CLOSED, "https"))
                .filter(door -> LabSize.chosen() == WHOLE && isChosen(door.get()[0] + " by " + door.get()[1]))
                .toList();
    }

    private Finding visit(Expected expected) throws IOException {
        try (CallgateRelay _ = relay();
                CheckBrowser browser = browser(expected.scheme(), expected.trusts())) {
            lab.router().enforce(expected.firewall());

            try (Visit visit = browser.visit(Eyes.DESKTOP)) {
                visit.open().awaitResult();
                visit.picture("lab-" + expected.firewall() + (expected.trusts() ? "" : "-untrusted"));
                List<String> reasons = Stream.of("udp", "tcp", "tls")
                        .filter(transport -> visit.word(transport).equals(BLOCKED))
                        .map(visit::why)
                        .toList();
                return new Finding(
                        visit.verdict(),
                        visit.word("udp"),
                        visit.word("tcp"),
                        visit.word("tls"),
                        reasons,
                        visit.rules());
            }
        }
    }

    private CallgateRelay relay() {
        return new CallgateRelay(lab, authority, launcher, folder, "callgate-" + ++visits, false);
    }

    private CheckBrowser browser(String scheme, boolean trusts) throws IOException {
        Path script = folder.resolve("chromium-" + visits);
        CorpBrowsers.writeScript(script, lab.corp(), authority.home(trusts));
        return new CheckBrowser(script, scheme + "://" + lab.dmz().address() + (scheme.equals("http") ? ":443" : ""));
    }
}
