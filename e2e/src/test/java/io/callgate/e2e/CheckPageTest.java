package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.callgate.e2e.CheckBrowser.Eyes;
import io.callgate.e2e.CheckBrowser.Visit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The check page in real Chromium, against the relay as its operator starts it. What a real firewall does to it
/// is the laboratory's ([CheckPageLabTest]).
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class CheckPageTest {
    private static final String ANY_PASS = "Passes, (good|usable|poor)"; // how good depends on what else runs here

    private LoopbackRelay relay;
    private CheckBrowser browser;
    private String origin = "";

    @BeforeAll
    void start(Installation installation, @TempDir Path folder) {
        relay = LoopbackRelay.start(installation, folder);
        origin = "http://127.0.0.1:" + relay.port();
        browser = CheckBrowser.start(origin);
    }

    @AfterAll
    void stop() {
        if (browser != null) browser.close();
        if (relay != null) relay.close();
    }

    @Test
    void showsWhatGetsThroughAndHowWell() {
        try (Visit visit = browser.visit(Eyes.DESKTOP)) {
            visit.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
            visit.page().addInitScript("""
                window.announced = [];
                addEventListener('DOMContentLoaded', () => {
                  const spoken = document.getElementById('announcement');
                  new MutationObserver(() => announced.push(spoken.textContent))
                    .observe(spoken, {childList: true, characterData: true, subtree: true});
                });\
                """);
            visit.open();
            visit.page().locator("#row-udp .spark polyline[points*='30,']").waitFor();
            visit.picture("desktop-light-running");
            visit.awaitResult();
            visit.picture("desktop-light");

            assertThat(visit.word("udp")).matches(ANY_PASS);
            assertThat(visit.word("tcp")).matches(ANY_PASS);
            // The relay made its certificate itself, and this browser was never told of it.
            assertThat(visit.word("tls")).isEqualTo("Certificate not trusted here");
            assertThat(visit.verdict()).startsWith("Calls get through: UDP works, with a way round");
            assertThat(visit.level()).isIn("good", "fair", "poor");
            List<String> figures = visit.figures("udp");
            assertThat(figures.get(0)).matches("[\\d.,]+ ms");
            assertThat(figures.get(1)).matches("[\\d.,]+ ms");
            assertThat(figures.get(2)).matches("[\\d.,]+%");
            assertThat(figures.get(3)).matches("[\\d.,]+ Mbit/s");
            assertThat(visit.rules())
                    .containsExactly(
                            "trusted certificate needed for 127.0.0.1 (127.0.0.1 port " + relay.port() + ", TCP)");
            assertThat((List<?>) visit.page().evaluate("announced"))
                    .hasSizeBetween(3, 8)
                    .map(Object::toString)
                    .contains("Testing UDP…", "Testing TCP…", visit.verdict());
            assertThat(visit.askedElsewhere()).isEmpty();
            assertThat(visit.complaints()).isEmpty();
            visit.assertAccessible();
            visit.assertFits();

            visit.page().locator("#copy").click();
            visit.page().locator("#copied:not(:empty)").waitFor();
            assertThat(visit.page().locator("#copied").innerText()).isEqualTo("Copied.");
            assertThat((String) visit.page().evaluate("navigator.clipboard.readText()"))
                    .contains("Callgate check\n", "Relay: 127.0.0.1\n", "Result: " + visit.verdict())
                    .containsPattern("Tested at: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d [+-]\\d\\d:\\d\\d\n")
                    .containsPattern("UDP \\(port " + relay.port() + "\\): Passes")
                    .containsPattern("connect [\\d.,]+ ms, round trip [\\d.,]+ ms, loss [\\d.,]+%, throughput")
                    .containsPattern("TLS \\(port " + relay.port() + "\\): Certificate not trusted here\n")
                    .contains("To change:\n- No firewall rule helps here");

            visit.page().locator("summary").click();
            visit.picture("desktop-light-method");
            assertThat(visit.page().locator("#thresholds").innerText()).contains("up to 150 ms", "from 2 Mbit/s");
            visit.assertAccessible();
        }
    }

    @Test
    void namesTheRuleThatIsMissingInChineseOnAPhone() {
        try (Visit visit = browser.visit(Eyes.PHONE);
                LossyPath firewall = LossyPath.swallowingAll()) {
            sendUdpTo(firewall.port(), visit.page());
            visit.open().awaitResult();
            visit.picture("phone-dark-udp-blocked");

            assertThat(visit.page().locator("html").getAttribute("lang")).isEqualTo("zh-Hans");
            assertThat(visit.word("udp")).isEqualTo("被阻断");
            assertThat(visit.why("udp")).startsWith("中继没有收到来自您地址的任何测试数据包");
            assertThat(visit.word("tcp")).startsWith("通过");
            assertThat(visit.verdict()).startsWith("通话可以通过，但不能使用 UDP");
            assertThat(visit.rules().getFirst()).contains("UDP", "127.0.0.1", "端口 " + firewall.port());
            visit.assertAccessible();
            visit.assertFits();

            visit.page().locator("#language").click();
            visit.picture("phone-dark-udp-blocked-english");
            assertThat(visit.word("udp")).isEqualTo("Blocked");
            assertThat(visit.rules().getFirst())
                    .isEqualTo("allow outbound UDP to 127.0.0.1 port " + firewall.port()
                            + ", answers allowed\nnft: ip daddr 127.0.0.1 udp dport " + firewall.port() + " accept");
            visit.assertAccessible();
            assertThat(visit.page().url()).endsWith("/check?lang=en");
        }
    }

    @Test
    void tellsLostAnswersFromLostQuestions() {
        try (Visit visit = browser.visit(Eyes.DESKTOP.in(ColorScheme.DARK));
                LossyPath firewall = LossyPath.swallowingAnswersOf(relay.address())) {
            sendUdpTo(firewall.port(), visit.page());
            visit.open().awaitResult();
            visit.picture("desktop-dark-answers-lost");

            assertThat(visit.word("udp")).isEqualTo("Answers are lost");
            assertThat(visit.why("udp")).matches("The relay got [1-9]\\d* packets of this test and answered.*");
            assertThat(visit.rules().getFirst()).startsWith("allow inbound UDP from 127.0.0.1 port");
            visit.assertAccessible();
        }
    }

    @Test
    void isWalkedThroughByKeyboard() {
        try (Visit visit = browser.visit(Eyes.DESKTOP)) {
            visit.open().awaitResult();
            Page page = visit.page();
            for (String expected : List.of("language", "", "again", "copy", "")) {
                page.keyboard().press("Tab");
                assertThat(page.evaluate("document.activeElement.id")).isEqualTo(expected);
                assertThat((String) page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                        .as("the outline of the focused %s", expected)
                        .isEqualTo("solid");
            }
            page.keyboard().press("Enter");
            assertThat(page.locator("details").getAttribute("open")).isNotNull();

            page.locator("#language").focus();
            String figures = String.join(" ", visit.figures("tcp").subList(2, 4));
            page.keyboard().press("Enter");
            assertThat(page.locator("h1").innerText()).isEqualTo("哪些能通过");
            assertThat(String.join(" ", visit.figures("tcp").subList(2, 4))).isEqualTo(figures);
            visit.picture("desktop-light-chinese");

            page.locator("#again").focus();
            page.keyboard().press("Enter");
            assertThat(page.locator("#again").getAttribute("aria-disabled")).isEqualTo("true");
            assertThat(page.evaluate("document.activeElement.id")).isEqualTo("again");
            visit.awaitResult();
            assertThat(visit.word("udp")).startsWith("通过");
        }
    }

    @Test
    void saysWhatIsMissingInTheBrowser() {
        try (Visit visit = browser.visitWithoutScript()) {
            visit.open();
            visit.page().locator("#plain").waitFor();
            visit.picture("without-script");
            assertThat(visit.page().locator("#plain").innerText()).contains("needs JavaScript", "需要 JavaScript");
        }
        try (Visit visit = browser.visit(Eyes.DESKTOP)) {
            visit.page().addInitScript("delete window.RTCPeerConnection");
            visit.open().awaitResult();
            visit.picture("without-webrtc");
            assertThat(visit.verdict()).isEqualTo("This browser has no WebRTC: it can hold no calls, and test none.");
            assertThat(visit.level()).isEqualTo("unknown");
        }
    }

    @Test
    void saysWhenTheRelayDoesNotGiveARun() {
        try (Visit visit = browser.visit(Eyes.DESKTOP)) {
            visit.page()
                    .route(
                            "**/check/run",
                            route -> route.fulfill(new Route.FulfillOptions()
                                    .setStatus(429)
                                    .setHeaders(Map.of("retry-after", "605"))));
            visit.open().awaitResult();
            visit.picture("too-many");
            assertThat(visit.verdict()).isEqualTo("Your network has had its tests for now. Try again in 11 min.");
        }
        try (Visit visit = browser.visit(Eyes.DESKTOP)) {
            visit.page().route("**/check/run", Route::abort);
            visit.open().awaitResult();
            assertThat(visit.verdict()).isEqualTo("The relay does not answer any more.");
        }
    }

    /// A relay that says no is not a firewall.
    @Test
    void aRefusalByTheRelayIsNotCalledBlocked() {
        try (Visit visit = browser.visit(Eyes.DESKTOP)) {
            visit.page().route("**/check/run", route -> {
                APIResponse answer = route.fetch();
                route.fulfill(new Route.FulfillOptions()
                        .setResponse(answer)
                        .setBody(answer.text().replaceFirst("\"credential\":\"[^\"]*\"", "\"credential\":\"wrong\"")));
            });
            visit.open().awaitResult();
            visit.picture("refused");
            assertThat(visit.word("udp")).isEqualTo("Refused by the relay");
            assertThat(visit.why("tcp")).contains("TURN error 401");
            assertThat(visit.verdict())
                    .isEqualTo("The relay was reached and refused the test: this is not the firewall.");
            assertThat(visit.rules()).allMatch(rule -> rule.startsWith("trusted certificate needed"));
        }
    }

    /// Lets the page try UDP at another port, behind which a firewall is played.
    private static void sendUdpTo(int port, Page page) {
        page.route("**/check/run", route -> {
            APIResponse answer = route.fetch();
            route.fulfill(new Route.FulfillOptions()
                    .setResponse(answer)
                    .setBody(answer.text().replaceFirst("\"udp\":\\d+", "\"udp\":" + port)));
        });
    }
}
