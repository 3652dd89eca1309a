package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.WaitForSelectorState;
import io.callgate.e2e.CheckBrowser.Eyes;
import io.callgate.e2e.CheckBrowser.Visit;
import io.callgate.testkit.Firewall;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The example's page of a room, in real Chromium behind a firewall that opens the relay alone, with nothing
/// set in the browser: it and a participant of the SDK's engine see and hear each other.
@Timeout(180)
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoomPageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern OPEN = Pattern.compile("^open (http://127.0.0.1:\\d+)/ in a browser");
    private static final List<String> CAMERA =
            List.of("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream");

    private final Path folder = Path.of("target", "room-page").toAbsolutePath();
    private RtcBench bench;

    @BeforeAll
    void setUp(Installation installation) throws IOException {
        Obstacle.stopAt(RtcBench.obstacle().or(LabBench::obstacle));
        FirewallLabTest.empty(folder);
        bench = new RtcBench(folder, installation.launcher());
    }

    @AfterAll
    void tearDown() {
        if (bench != null) bench.close();
    }

    @Test
    void twoPagesAndAParticipantOfTheEngineMeet() throws IOException {
        bench.lab().router().enforce(Firewall.UDP_ALLOWLIST);
        int room = bench.nextRoom();
        Properties told = bench.told("UDP", room, "page", "java");
        told.setProperty("people", "java:7:440");
        told.setProperty("hertz", "440");
        told.setProperty("anySound", "true");

        try (LabProcess example = example(told);
                RtcPeople java = bench.people("java", told);
                CheckBrowser browser = browser(example);
                Visit desktop = browser.visit(Eyes.DESKTOP);
                Visit phone = browser.visit(Eyes.PHONE)) {
            java.await("published by=java", PATIENCE);
            Page ada = join(desktop, origin(example), "Ada");
            awaitMovingPicture(ada, "java");
            java.await("first by=java stream=Ada", PATIENCE);
            java.await("all receive", PATIENCE);
            Page zhang = join(phone, origin(example), "张伟");
            awaitMovingPicture(zhang, "Ada");
            awaitMovingPicture(zhang, "java");
            awaitMovingPicture(ada, "张伟");

            assertThat(ada.locator("#state").innerText()).isEqualTo("In the room by UDP, through serve");
            for (Visit visit : List.of(desktop, phone)) {
                visit.picture("room-" + (visit == desktop ? "desktop" : "phone"));
                visit.assertAccessible();
                visit.assertFits();
                assertThat(visit.complaints()).isEmpty();
            }

            zhang.locator("#leave").click();
            ada.locator(tile("张伟")).waitFor(gone());
            ada.locator("#leave").click();
            java.await("removed by=java Ada", PATIENCE);
            assertThat(bench.lab().router().packetsBetweenCorpAndCloud())
                    .as("packets past the relay")
                    .isZero();
        }
    }

    /// The page says what its server has found to be in the way.
    @Test
    void aClosedNetworkIsNamedAndLeftWhenItOpens() throws IOException {
        bench.lab().router().enforce(Firewall.CLOSED);
        Properties told = bench.told("UDP", bench.nextRoom(), "page");
        try (LabProcess example = example(told);
                CheckBrowser browser = browser(example);
                Visit visit = browser.visit(Eyes.PHONE)) {
            visit.page().navigate(origin(example));

            visit.page().locator("#state[data-level=bad]").waitFor(patience());

            assertThat(visit.page().locator("#state").innerText())
                    .contains(bench.lab().dmz().address());
            assertThat(visit.page().locator("#join").isDisabled()).isTrue();
            visit.picture("room-closed");
            visit.assertAccessible();
        }
    }

    private LabProcess example(Properties told) {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.callgate.examples.browser.RoomPage",
                told.getProperty("entries"),
                told.getProperty("ca"),
                told.getProperty("janus"),
                told.getProperty("room"));
        LabProcess example =
                bench.lab().corp().start("RoomPage", command, Map.of("CALLGATE_TOKEN", told.getProperty("token.page")));
        example.awaitLine(OPEN, PATIENCE);
        return example;
    }

    private static String origin(LabProcess example) {
        return OPEN.matcher(example.awaitLine(OPEN, PATIENCE))
                .results()
                .map(match -> match.group(1))
                .findFirst()
                .orElseThrow();
    }

    private CheckBrowser browser(LabProcess example) throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path chromium =
                CorpBrowsers.writeScript(folder.resolve("chromium"), bench.lab().corp(), home);
        return new CheckBrowser(chromium, origin(example), CAMERA);
    }

    private static Page join(Visit visit, String origin, String name) {
        Page page = visit.page();
        page.navigate(origin + "/");
        page.locator("#join:enabled").waitFor(patience());
        page.locator("#name").fill(name);
        page.locator("#join").click();
        page.locator("#state[data-level=good]:has-text(\"In the room\")").waitFor(patience());
        return page;
    }

    private static void awaitMovingPicture(Page page, String of) {
        page.waitForFunction("""
            name => [...document.querySelectorAll('.tile')].some(tile => {
              const video = tile.querySelector('video');
              return tile.innerText.trim() === name && video.videoWidth > 0 && video.currentTime > 1;
            })\
            """, of, new Page.WaitForFunctionOptions().setTimeout((double) PATIENCE.toMillis()));
    }

    private static String tile(String name) {
        return ".tile:has-text(\"" + name + "\")";
    }

    private static Locator.WaitForOptions patience() {
        return new Locator.WaitForOptions().setTimeout((double) PATIENCE.toMillis());
    }

    private static Locator.WaitForOptions gone() {
        return patience().setState(WaitForSelectorState.DETACHED);
    }
}
