package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.callgate.e2e.CheckBrowser.Eyes;
import io.callgate.e2e.CheckBrowser.Visit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/// The console in real Chromium, over a fleet that is played. Its name lets it run first: it needs no launcher,
/// whose installation the next class makes meanwhile (decision 0155).
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(600)
class BrowserConsoleTest {
    private static final String PASSWORD = "correct horse battery";
    private static final String EVIL = "<img src=x onerror=alert(1)>=1+1";
    private static final List<String> PAGES = List.of(
            "/",
            "/apps",
            "/apps/demo",
            "/relays",
            "/pools",
            "/sessions",
            "/allowlist?app=demo",
            "/usage?app=demo",
            "/audit",
            "/users",
            "/password");

    private ConsoleFleet fleet;
    private ConsoleFleet.PlayedRelay frankfurt;
    private CheckBrowser browser;

    @BeforeAll
    void start() {
        fleet = new ConsoleFleet();
        browser = CheckBrowser.start(fleet.origin());
        fleet.app("demo", "Eve of Example", 500);
        fleet.app("telehealth", EVIL, 200);
        fleet.owner("olive", "demo", "telehealth");
        frankfurt = fleet.relay("fra-1", "eu-central", "203.0.113.7", "callgate 0.1.0");
        ConsoleFleet.PlayedRelay paris = fleet.relay("par-1", "eu-west", "203.0.113.8", EVIL);
        ConsoleFleet.PlayedRelay singapore = fleet.relay("sin-1", "ap-southeast", "203.0.113.9", "callgate 0.1.0");
        frankfurt.carries("demo", 214, 183_000).hasSessions("demo", 130);
        paris.carries("telehealth", 96, 71_400);
        singapore.carries("demo", 58, 40_300);
        for (int day = 1; day <= 22; day++) {
            frankfurt.used(
                    "demo", "2026-11-%02dT10:00:00Z".formatted(day), 900 + day * 137 % 700, 400 + day * 71 % 300);
        }
    }

    @AfterAll
    void stop() {
        if (browser != null) browser.close();
        if (fleet != null) fleet.close();
    }

    @Test
    @Order(1)
    void theFirstSignInAsksForAnotherPassword() {
        try (Visit visit = browser.visit(Eyes.DESKTOP)) {
            Page page = visit.page();
            page.navigate(fleet.origin() + "/");
            assertThat(page.url()).endsWith("/login");
            picture(visit, "login");
            visit.assertAccessible();
            signIn(page, fleet.firstPassword);
            assertThat(page.locator("h1").innerText()).isEqualTo("Choose a password");
            visit.assertAccessible();
            page.locator("[name=old]").fill(fleet.firstPassword);
            page.locator("[name=new]").fill(PASSWORD);
            page.locator("[name=again]").fill(PASSWORD);
            page.keyboard().press("Enter");
            page.locator(".numbers").waitFor();

            assertThat(page.locator("h1").innerText()).isEqualTo("Overview");
            assertThat(visit.complaints()).isEmpty();
        }
    }

    @Test
    @Order(2)
    void theOverviewMovesByItself() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            page.locator("#chart canvas").waitFor();
            assertThat(page.locator(".numbers").innerText()).contains("368", "3 / 3");
            for (int i = 1; i <= 20; i++) {
                long before = points(page);
                frankfurt.carries("demo", 150 + i * 7 + i * 13 % 41, 120_000 + i * 5_000 + i * 7_700 % 29_000);
                fleet.beat();
                page.waitForCondition(() -> points(page) > before); // the clock stands until the next beat
            }
            fleet.refusedLease();
            frankfurt.carries("demo", 1_214, 183_000);
            page.waitForCondition(() -> page.locator(".numbers").innerText().contains("1,368"));
            frankfurt.carries("demo", 214, 183_000);
            page.waitForCondition(() -> page.locator(".numbers").innerText().contains("\n368"));
            picture(visit, "overview-light");

            assertThat(page.locator("#tables").innerText())
                    .contains("destination_not_allowed", "eu-central", "telehealth", "Mbit/s", "TOKEN_REQUIRED");
            assertThat(visit.complaints()).isEmpty();
            assertThat(visit.askedElsewhere()).isEmpty();
        }
    }

    @Test
    @Order(3)
    void anAppIsMadeActivatedAndItsSecretRotated() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            page.navigate(fleet.origin() + "/apps");
            page.locator("summary").click();
            page.locator("[name=id]").fill("fresh");
            page.locator("[name=contact]").fill("Mallory");
            page.locator("[name=sessions]").fill("many");
            click(page, "Take it in");
            assertThat(page.locator("[role=alert]").innerText()).contains("sessions “many”: want a whole number");
            page.locator("[name=id]").fill("fresh");
            page.locator("[name=contact]").fill("Mallory");
            page.locator("[name=sessions]").fill("50");
            click(page, "Take it in");
            assertThat(page.locator("h1").innerText()).isEqualTo("fresh");
            click(page, "Activate");
            assertThat(page.locator("[role=alert]").innerText()).contains("app fresh has no pool");

            page.locator("summary", new Page.LocatorOptions().setHasText("Change what was agreed"))
                    .click();
            page.locator("[name=pools][value=main]").check();
            page.locator("[name=destinations]").fill("198.51.100.0/24:443/tcp\nnowhere at all");
            click(page, "Change it");
            assertThat(page.locator("[role=alert]").innerText()).contains("nowhere at all");
            page.locator("summary", new Page.LocatorOptions().setHasText("Change what was agreed"))
                    .click();
            page.locator("[name=pools][value=main]").check();
            page.locator("[name=destinations]").fill("198.51.100.0/24:443/tcp\nsfu.example.com");
            click(page, "Change it");
            assertThat(page.locator(".facts").innerText()).contains("198.51.100.0/24:443/tcp", "sfu.example.com");
            click(page, "Activate");
            assertThat(page.locator("h2 .tag").innerText()).isEqualTo("active");
            assertThat(page.locator(".facts").innerText()).contains("203.0.113.7:443");

            click(page, "New token secret");
            String first = page.locator(".secret code").innerText();
            picture(visit, "app-secret");
            visit.assertAccessible();
            click(page, "New token secret");
            String second = page.locator(".secret code").innerText();
            assertThat(first).hasSize(43).isNotEqualTo(second);
            click(page, "New token secret");
            assertThat(page.locator("[role=alert]").innerText()).contains("has two token secrets");
            assertThat(page.content()).doesNotContain(first, second);
            page.onDialog(dialog -> dialog.accept());
            page.locator("button", new Page.LocatorOptions().setHasText("Remove"))
                    .last()
                    .click();
            page.waitForCondition(() -> page.locator("td button").count() == 1);
            assertThat(fleet.api("GET", "/v1/apps/fresh/token-secrets", "")
                            .get("items")
                            .size())
                    .isEqualTo(1);
            assertThat(fleet.api("GET", "/v1/audit", "").toString())
                    .contains("\"actor\":\"console admin\",\"action\":\"app.token-secret.remove\"");
            assertThat(visit.complaints()).allMatch(complaint -> complaint.contains("40")); // refusals, by status
        }
    }

    @Test
    @Order(4)
    void aRelayIsDrainedAndASessionEnded() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            page.onDialog(dialog -> dialog.accept());
            page.navigate(fleet.origin() + "/relays");
            page.locator("[aria-label='Drain fra-1']").click();
            page.locator("[aria-label='Resume fra-1']").waitFor();
            assertThat(page.locator("tr", new Page.LocatorOptions().setHasText("fra-1"))
                            .first()
                            .innerText())
                    .contains("draining, 214 left");
            frankfurt.carries("demo", 100, 90_000);
            page.waitForCondition(() -> row(page, "fra-1").innerText().contains("draining, 100 of 214 left"));
            frankfurt.carries("demo", 0, 0);
            page.waitForCondition(() -> row(page, "fra-1").innerText().contains("drained"));
            assertThat(page.locator("#relays[hx-get]").count()).isZero(); // it is not asked for again
            frankfurt.carries("demo", 214, 183_000);
            page.locator("[name=region]").fill("eu-north");
            click(page, "Make a join token");
            assertThat(page.locator(".secret code").innerText())
                    .matches("control: \\{urls: \\[http://127.0.0.1:\\d+], joinToken: cgj_\\w{32}_[\\w-]{43}}");
            page.locator("[aria-label='Resume fra-1']").click();
            page.locator("[aria-label='Drain fra-1']").waitFor();

            page.navigate(fleet.origin() + "/sessions");
            assertThat(page.locator("tbody tr").count()).isEqualTo(100);
            page.locator("a", new Page.LocatorOptions().setHasText("More")).click();
            assertThat(page.locator("tbody tr").count()).isEqualTo(30);
            page.locator("[aria-label='End the session of user-130']").click();
            page.locator("[role=status]").waitFor();
            assertThat(page.locator("[role=status]").innerText()).contains("The sessions of user-130 end");
            assertThat(fleet.api("GET", "/v1/apps/demo/revocations", "").toString())
                    .contains("user-130");
        }
    }

    @Test
    @Order(5)
    void poolsAddressesKeysAndWhatIsKeptAreChanged() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            page.onDialog(dialog -> dialog.accept());
            page.navigate(fleet.origin() + "/pools");
            open(page, "Make another pool");
            page.locator("[name=id]").fill("dmz");
            page.locator("form:has([value=create]) [name=noticeDays]").fill("60");
            click(page, "Make it");
            page.locator("[aria-label='Notice of pool dmz']").fill("90");
            page.locator("[aria-label='Change dmz']").click();
            assertThat(page.locator("[aria-label='Notice of pool dmz']").inputValue())
                    .isEqualTo("90");
            open(page, "Publish an address");
            page.locator("form:has([value=publish]) [name=pool]").selectOption("main");
            page.locator("[name=cidr]").fill("203.0.113.40");
            page.locator("[name=region]").fill("eu-north");
            page.locator("[name=purpose]").fill("media, audio and video");
            page.locator("[name=validFrom]").fill("2026-11-23");
            click(page, "Publish it");
            assertThat(page.locator("[role=alert]").innerText()).contains("firewalls need 30 days");
            open(page, "Publish an address");
            page.locator("form:has([value=publish]) [name=pool]").selectOption("main");
            page.locator("[name=cidr]").fill("203.0.113.40");
            page.locator("[name=region]").fill("eu-north");
            page.locator("[name=purpose]").fill("media, audio and video");
            click(page, "Publish it");
            assertThat(row(page, "203.0.113.40:443").innerText()).contains("announced", "media, audio and video");
            page.locator("[aria-label='Remove 203.0.113.40:443']").click();
            page.waitForCondition(() -> row(page, "203.0.113.40:443").count() == 0);
            page.locator("[aria-label='Withdraw 203.0.113.7:443']").click();
            page.locator("[aria-label='Withdraw it 203.0.113.7:443']").click();
            page.waitForCondition(() -> row(page, "203.0.113.7:443").innerText().contains("2026-12-2"));
            page.locator("[aria-label='Remove dmz']").click();
            page.waitForCondition(() -> row(page, "dmz").count() == 0);

            page.navigate(fleet.origin() + "/allowlist?app=demo");
            assertThat(page.locator("summary", new Page.LocatorOptions().setHasText("of your sites"))
                            .first()
                            .innerText())
                    .isEqualTo("1 of your sites has never reached it");
            click(page, "Sign with another key too");
            click(page, "Let the other sign first");
            click(page, "Remove the other key");
            page.locator("button", new Page.LocatorOptions().setHasText("Sign with another key too"))
                    .waitFor();

            page.navigate(fleet.origin() + "/audit");
            page.locator("[name=sitesDays]").fill("0");
            click(page, "Change it");
            assertThat(page.locator("[role=alert]").innerText()).contains("sitesDays “0”");
            page.locator("[name=sitesDays]").fill("45");
            click(page, "Change it");
            assertThat(page.locator("[name=sitesDays]").inputValue()).isEqualTo("45");
            page.navigate(fleet.origin() + "/apps/demo");
            page.locator("[name=uid]").fill("user-130");
            click(page, "Forget");
            assertThat(page.locator("[role=alert]").innerText()).contains("live sessions");
            page.locator("[name=uid]").fill("somebody");
            click(page, "Forget");
            assertThat(page.locator("[role=status]").innerText()).contains("somebody is forgotten");
            assertThat(fleet.api("GET", "/v1/audit", "").toString())
                    .contains("pool.change", "address.withdraw", "allowlist-key.promote", "retention.change");
        }
    }

    private static void open(Page page, String summary) {
        page.locator("summary", new Page.LocatorOptions().setHasText(summary)).click();
    }

    private static Locator row(Page page, String text) {
        return page.locator("tbody tr", new Page.LocatorOptions().setHasText(text));
    }

    @Test
    @Order(6)
    void everyPageIsForEveryEye() {
        for (Eyes eyes : List.of(
                Eyes.DESKTOP.in(ColorScheme.DARK),
                Eyes.PHONE.in(ColorScheme.LIGHT).reading("en-GB"),
                Eyes.PHONE)) {
            try (Visit visit = signedIn(eyes)) {
                for (String path : PAGES) {
                    visit.page().navigate(fleet.origin() + path);
                    String name =
                            path.equals("/") ? "overview" : path.substring(1).replaceAll("[/?=]", "-");
                    if (path.equals("/")) visit.page().locator("#chart canvas").waitFor();
                    picture(
                            visit,
                            name + "-" + eyes.width() + "-"
                                    + eyes.colors().name().toLowerCase(Locale.ROOT));
                    visit.assertAccessible();
                    visit.assertFits();
                    assertThat(labelsThatStandOut(visit.page())).as(path).isEmpty();
                }
                assertThat(visit.complaints()).isEmpty();
            }
        }
    }

    /// Of the cells of a narrow screen, those labels that are taller than their cell: the next would lie on them.
    private static List<?> labelsThatStandOut(Page page) {
        return (List<?>) page.evaluate("""
            [...document.querySelectorAll('tbody th, tbody td')]
              .filter(cell => parseFloat(getComputedStyle(cell, '::before').height) > cell.clientHeight + 1)
              .map(cell => cell.dataset.label)\
            """);
    }

    @Test
    @Order(7)
    void theAllowlistIsDownloadedInEveryForm() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            page.navigate(fleet.origin() + "/allowlist?app=demo");
            assertThat(page.locator("table").first().innerText()).contains("203.0.113.7", "443", "eu-central");
            int links = page.locator("a[download]").count();
            assertThat(links).isEqualTo(8);
            for (int i = 0; i < links; i++) {
                Locator link = page.locator("a[download]").nth(i);
                Download download = page.waitForDownload(link::click);
                assertThat(download.suggestedFilename()).startsWith("callgate-allowlist-demo.");
                assertThat(download.path()).content().contains("203.0.113.7");
            }
            page.locator("[aria-label^='Changes since version']").last().click();
            assertThat(page.locator("h2", new Page.LocatorOptions().setHasText("What changed"))
                            .count())
                    .isEqualTo(1);
            visit.assertAccessible();
        }
    }

    @Test
    @Order(8)
    void whatIsEvilIsShownAsText() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            visit.page().onDialog(dialog -> {
                throw new AssertionError("a script ran: " + dialog.message());
            });
            for (String path : List.of("/apps", "/apps/telehealth", "/relays", "/audit")) {
                visit.page().navigate(fleet.origin() + path);
                visit.page().evaluate("document.querySelectorAll('details').forEach(each => each.open = true)");
                assertThat(visit.page().locator("body").innerText()).as(path).contains(EVIL);
                assertThat(visit.page().locator("img").count()).isZero();
            }
        }
    }

    @Test
    @Order(9)
    void everythingWorksWithoutScript() {
        try (Visit visit = browser.visitWithoutScript()) {
            Page page = visit.page();
            page.navigate(fleet.origin() + "/login");
            signIn(page, PASSWORD);
            assertThat(page.locator(".numbers").innerText()).contains("Live sessions");
            page.navigate(fleet.origin() + "/relays");
            page.locator("[aria-label='Drain par-1']").click();
            page.locator("[aria-label='Resume par-1']").click();
            page.locator("[aria-label='Drain par-1']").waitFor();
            click(page, "Sign out");
            assertThat(page.url()).endsWith("/login");
        }
    }

    @Test
    @Order(10)
    void everyPageIsReachedByKeyboard() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            page.keyboard().press("Tab");
            assertThat(page.evaluate("document.activeElement.className")).isEqualTo("skip");
            for (int i = 0; i < 3; i++) page.keyboard().press("Tab");
            assertThat(page.evaluate("document.activeElement.getAttribute('href')"))
                    .isEqualTo("/apps");
            assertThat((String) page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                    .isEqualTo("solid");
            page.keyboard().press("Enter");
            page.waitForURL(Pattern.compile(".*/apps$"));
        }
    }

    /// A form, a change, and a question before a change, with no hand at a mouse.
    @Test
    @Order(11)
    void anAppIsTakenInTriedAndSuspendedByKeyboardAlone() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            page.navigate(fleet.origin() + "/apps");
            tabTo(page, "summary");
            page.keyboard().press("Enter");
            tabTo(page, "[name=id]");
            page.keyboard().type("keys");
            tabTo(page, "[name=contact]");
            page.keyboard().type("Ada");
            page.keyboard().press("Enter");
            page.waitForURL(Pattern.compile(".*/apps/keys$"));
            assertThat(stateOf("keys")).isEqualTo("REQUESTED");

            tabTo(page, "form:has([value=try]) button");
            page.keyboard().press("Enter");
            page.locator("h2 .tag", new Page.LocatorOptions().setHasText("trial"))
                    .waitFor();
            assertThat(stateOf("keys")).isEqualTo("TRIAL");

            List<String> questions = new ArrayList<>();
            page.onceDialog(dialog -> {
                questions.add(dialog.message());
                dialog.dismiss(); // what the key Escape does
            });
            tabTo(page, "form:has([value=suspend]) button");
            page.keyboard().press("Space");
            page.waitForCondition(() -> questions.size() == 1);
            assertThat(questions).containsExactly("End all its sessions and refuse its clients?");
            assertThat(stateOf("keys")).isEqualTo("TRIAL");
            page.onceDialog(dialog -> dialog.accept()); // what the key Enter does
            page.keyboard().press("Space");
            page.locator("h2 .tag", new Page.LocatorOptions().setHasText("suspended"))
                    .waitFor();
            assertThat(stateOf("keys")).isEqualTo("SUSPENDED");
            assertThat(visit.complaints()).isEmpty();
        }
    }

    private String stateOf(String app) {
        return fleet.api("GET", "/v1/apps/" + app, "").get("state").asString();
    }

    /// Goes on by Tab until the focus is on what a selector means.
    private static void tabTo(Page page, String selector) {
        for (int i = 0; i < 100; i++) {
            page.keyboard().press("Tab");
            if (Boolean.TRUE.equals(page.evaluate("selector => document.activeElement.matches(selector)", selector))) {
                return;
            }
        }
        throw new AssertionError("no Tab leads to " + selector + " of " + page.url());
    }

    /// An hour of looks, as fast as the browser takes them.
    @Test
    @Order(12)
    void theChartKeepsABoundedNumberOfPoints() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            page.route("**/live", route -> {}); // no stream of control's
            page.navigate(fleet.origin() + "/");
            page.locator("#chart canvas").waitFor();
            page.evaluate("""
                for (let second = 0; second < 3600; second++) {
                  htmx.trigger('#live', 'point', {data: `[${1e9 + second}, ${second % 50}, 1]`});
                }\
                """);

            assertThat(points(page)).isEqualTo(600);
        }
    }

    @Test
    @Order(13)
    void whatMovesLeavesAloneWhereTheKeyboardIsAndWhatIsMarked() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            Locator first = page.locator("tbody tr[id^=app-]").first();
            assertThat(first.innerText()).contains("demo");
            page.locator("#app-telehealth a").focus();
            frankfurt.carries("demo", 1, 1_000);
            page.waitForCondition(() -> first.innerText().contains("telehealth"));
            assertThat(page.evaluate("document.activeElement.textContent")).isEqualTo("telehealth");

            page.evaluate("getSelection().selectAllChildren(document.querySelector('#app-demo .figure'))");
            frankfurt.carries("demo", 214, 183_000);
            page.waitForCondition(() -> page.locator(".numbers").innerText().contains("\n368"));
            assertThat(page.evaluate("getSelection().toString()")).isEqualTo("59");
            assertThat(first.innerText()).contains("telehealth");
            page.evaluate("getSelection().empty()");
            page.waitForCondition(() -> first.innerText().contains("demo"));
            assertThat(page.evaluate("document.activeElement.textContent")).isEqualTo("telehealth");
            assertThat(visit.complaints()).isEmpty();
        }
    }

    @Test
    @Order(14)
    void theOverviewSaysWhenThereIsNoNewsAndGoesOn() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            for (Consumer<Route> fault : List.<Consumer<Route>>of(
                    Route::abort,
                    route -> route.fulfill(new Route.FulfillOptions().setStatus(503)),
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setContentType("text/event-stream")
                            .setBody("event: history\ndata: []\n\n")))) {
                page.route("**/live", fault);
                page.navigate(fleet.origin() + "/");
                page.locator(".problem[role=status]").waitFor();
                assertThat(page.locator(".problem").innerText()).contains("No news from control");
                assertThat(page.locator("#live.stale .numbers").innerText()).contains("368");

                page.unroute("**/live");
                page.locator("#live:not(.stale)").waitFor();
                assertThat(page.locator(".problem").count()).isZero();
                page.waitForCondition(() -> points(page) > 0);
            }
        }
    }

    /// The overview, relays of which one drains, and the field for an app.
    @Test
    @Order(15)
    void whatMovesEndsAtTheFormForSigningInWhereTheSessionIsOver() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            page.locator("#chart canvas").waitFor();
            signOutElsewhere(visit);

            page.navigate(fleet.origin() + "/relays");
            page.locator("[aria-label='Drain fra-1']").click();
            page.locator("#relays[hx-get]").waitFor();
            page.evaluate("location.hash = 'main'"); // where the link leads that skips to the content
            signOutElsewhere(visit);

            page.navigate(fleet.origin() + "/relays");
            page.locator("[aria-label='Resume fra-1']").click();
            page.navigate(fleet.origin() + "/usage?app=demo");
            signOutElsewhere(visit, () -> page.locator("[name=app]").pressSequentially("x"));
        }
    }

    private void signOutElsewhere(Visit visit) {
        signOutElsewhere(visit, () -> {});
    }

    /// Signs out in another window, looks how the page ends, and signs in again.
    private void signOutElsewhere(Visit visit, Runnable then) {
        Page other = visit.context().newPage();
        other.navigate(fleet.origin() + "/");
        click(other, "Sign out");
        other.locator("[name=password]").waitFor();
        then.run();
        visit.page().waitForURL(Pattern.compile(".*/login$"));
        signIn(visit.page(), PASSWORD);
    }

    @Test
    @Order(16)
    void anAppIsFoundByHowItsNameBegins() {
        try (Visit visit = signedIn(Eyes.DESKTOP)) {
            Page page = visit.page();
            Locator field = page.locator("[name=app]");
            Locator offered = page.locator("#app-names option");
            for (String path : List.of("/usage", "/allowlist")) {
                page.navigate(fleet.origin() + path + "?app=demo");
                field.fill("");
                field.pressSequentially("tel");
                page.waitForCondition(() -> offered.count() == 1);
                assertThat(offered.getAttribute("value")).isEqualTo("telehealth");
                field.fill("x");
                page.waitForCondition(() -> offered.count() == 0);
                assertThat(visit.complaints()).isEmpty();
            }
            field.press("Enter");
            page.locator("[role=alert]").waitFor();
            assertThat(page.locator("[role=alert]").innerText()).isEqualTo("There is no app “x”.");
            visit.assertAccessible();
            field.fill("telehealth");
            field.press("Enter");
            page.waitForCondition(() -> page.locator("h1").innerText().endsWith(" of telehealth"));
        }
        try (Visit visit = browser.visitWithoutScript()) {
            Page page = visit.page();
            page.navigate(fleet.origin() + "/login");
            signIn(page, PASSWORD);
            page.navigate(fleet.origin() + "/usage?app=tel");
            assertThat(page.locator("#app-names option").getAttribute("value")).isEqualTo("telehealth");
        }
    }

    /// The last of all, for it makes the fleet long.
    @Test
    @Order(17)
    void longListsGoOnByMoreAlsoWithoutScript() {
        for (int i = 101; i <= 210; i++) {
            fleet.relay("more-" + i, "eu-more", "203.0.113." + (i - 60), "callgate 0.1.0");
            fleet.api("POST", "/v1/pools", "{\"id\": \"more-" + i + "\", \"kind\": \"production\"}");
        }
        for (Eyes eyes : List.of(Eyes.DESKTOP, Eyes.PHONE.in(ColorScheme.LIGHT).reading("en-GB"))) {
            try (Visit visit = signedIn(eyes)) {
                String seen = eyes.width() + "-" + eyes.colors().name().toLowerCase(Locale.ROOT);
                goOn(visit, "/relays", 0, "more-210", "relays-more-" + seen);
                goOn(visit, "/pools", 0, "203.0.113.150:443", "addresses-more-" + seen);
                goOn(visit, "/pools", 1, "more-210", "pools-more-" + seen);
                visit.page().navigate(fleet.origin() + "/usage?app=demo&days=365");
                assertThat(visit.page().locator("svg.bars rect").count()).isPositive();
                picture(visit, "usage-year-" + seen);
                visit.assertAccessible();
                visit.assertFits();
                assertThat(visit.complaints()).isEmpty();
            }
        }
        try (Visit visit = browser.visitWithoutScript()) {
            visit.page().navigate(fleet.origin() + "/login");
            signIn(visit.page(), PASSWORD);
            goOn(visit, "/relays", 0, "more-210", "relays-more-without-script");
        }
    }

    /// To the second page of a list, where what is sought is; it is not on the first.
    ///
    /// @param list which of the lists of the page, from 0
    private void goOn(Visit visit, String path, int list, String sought, String name) {
        Page page = visit.page();
        page.navigate(fleet.origin() + path);
        assertThat(page.locator("table").nth(list).innerText()).doesNotContain(sought);
        assertThat(page.locator("table").nth(list).locator("tbody tr").count()).isEqualTo(100);
        page.locator(".more a").nth(list).click();
        assertThat(page.locator("table").nth(list).innerText()).contains(sought);
        picture(visit, name);
        if (!name.endsWith("without-script")) {
            visit.assertAccessible();
            visit.assertFits();
        }
    }

    private static long points(Page page) {
        return ((Number) page.evaluate("callgateChart[0].length")).longValue();
    }

    private static void click(Page page, String button) {
        page.locator("button", new Page.LocatorOptions().setHasText(Pattern.compile("^" + button + "$")))
                .click();
    }

    private static void signIn(Page page, String password) {
        page.locator("[name=name]").fill("admin");
        page.locator("[name=password]").fill(password);
        page.keyboard().press("Enter");
        page.waitForURL(Pattern.compile(".*/(password)?$"));
    }

    private Visit signedIn(Eyes eyes) {
        Visit visit = browser.visit(eyes);
        visit.page().navigate(fleet.origin() + "/login");
        signIn(visit.page(), PASSWORD);
        return visit;
    }

    /// For eyes: `target/console/NAME.png`.
    private static void picture(Visit visit, String name) {
        visit.page()
                .screenshot(new Page.ScreenshotOptions()
                        .setPath(Path.of("target", "console", name + ".png"))
                        .setFullPage(true));
    }
}
