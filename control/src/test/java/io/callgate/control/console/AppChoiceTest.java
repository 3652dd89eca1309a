package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.console.ConsoleUnderTest.Browser;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How an app is chosen among many: by how its name begins.
class AppChoiceTest {
    private static final Pattern OFFERED = Pattern.compile("<option value=\"([^\"]*)\"></option>");

    private final ConsoleUnderTest console = new ConsoleUnderTest();

    @BeforeEach
    void makeApps() {
        for (String app : List.of("mine", "also-mine", "theirs", "theirs-too")) {
            console.api("POST", "/v1/apps", "{\"id\": \"" + app + "\", \"contact\": \"eve\"}");
        }
        console.execute("""
            insert into app (id, state, revision, created_at, changed_at, settings)
            select 'many-' || "X", state, revision, created_at, changed_at, settings
            from app, system_range(1001, 1600) where id = 'mine'\
            """);
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void thoseAreOfferedThatBeginAsTyped() {
        Browser admin = console.admin();

        assertThat(offered(admin, "/app-names?app=thei")).containsExactly("theirs", "theirs-too");
        assertThat(offered(admin, "/app-names?app=many-159")).hasSize(10).contains("many-1599");
        assertThat(offered(admin, "/app-names")).hasSize(50).startsWith("also-mine", "many-1001");
        for (String none : List.of("none", "many_", "%25", "%00", "%22%3E%3Cimg%20src=x%3E")) {
            assertThat(admin.get("/app-names?app=" + none).expect(200).body())
                    .as(none)
                    .isBlank();
        }
    }

    @Test
    void aFieldOffersFiftyAtFirst() {
        String page = console.admin().get("/usage?app=many-1600").expect(200).body();

        assertThat(page).contains("name=\"app\" value=\"many-1600\" list=\"app-names\"");
        assertThat(OFFERED.matcher(page).results()).hasSize(50);
    }

    @Test
    void anOwnerIsOfferedNoOtherApp() {
        Browser owner = console.signedIn("olive", "app-owner", ", \"apps\": [\"mine\", \"also-mine\"]");

        assertThat(offered(owner, "/app-names")).containsExactlyInAnyOrder("mine", "also-mine");
        assertThat(offered(owner, "/app-names?app=mi")).containsExactly("mine");
        assertThat(offered(owner, "/app-names?app=t")).isEmpty();
        assertThat(owner.get("/usage").expect(200).body())
                .contains("<option value=\"mine\"", "<option value=\"also-mine\"")
                .doesNotContain("theirs", "many");
    }

    @Test
    void anAppThatThereIsNotIsToldAndNoOtherIsShown() {
        Browser admin = console.admin();

        String page = admin.get("/usage?app=their").expect(404).body();

        assertThat(page)
                .contains("There is no app “their”.", "value=\"their\" list=")
                .doesNotContain("mine");
        assertThat(OFFERED.matcher(page).results().map(each -> each.group(1))).containsExactly("theirs", "theirs-too");
        assertThat(admin.get("/usage?app=%22%3E%3Cimg%20src=x%3E").expect(404).body())
                .contains("There is no app “\"&gt;&lt;img src=x&gt;”.", "value=\"&#34;>&lt;img src=x>\"")
                .doesNotContain("<img");
        admin.get("/usage.csv?app=their").expect(404);
        console.signedIn("olive", "app-owner", ", \"apps\": [\"mine\"]")
                .get("/usage?app=theirs")
                .expect(404);
    }

    @Test
    void whereThereIsNoAppNoneIsMissing() {
        try (ConsoleUnderTest empty = new ConsoleUnderTest()) {
            Browser admin = empty.admin();

            assertThat(admin.get("/usage").expect(200).body()).contains("There is no app yet.");
            admin.get("/usage.csv").expect(404);
            admin.get("/usage-days.csv").expect(404);
        }
    }

    private static List<String> offered(Browser browser, String path) {
        return OFFERED.matcher(browser.get(path).expect(200).body())
                .results()
                .map(each -> each.group(1))
                .toList();
    }
}
