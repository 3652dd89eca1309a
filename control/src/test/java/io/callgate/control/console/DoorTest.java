package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.console.ConsoleUnderTest.Answer;
import io.callgate.control.console.ConsoleUnderTest.Browser;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Signing in and out, and what other sites cannot do.
class DoorTest {
    private final ConsoleUnderTest console = new ConsoleUnderTest();
    private final Browser browser = console.new Browser();

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void theFirstPasswordOpensNothingButTheFormForAnother() {
        browser.signIn("admin", console.firstPassword).expect(303);

        assertThat(browser.get("/").expect(303).header("Location")).isEqualTo("/password");
        browser.choosePassword(console.firstPassword, "short").expect(400);
        browser.choosePassword(console.firstPassword, console.firstPassword).expect(400);
        browser.choosePassword("wrong", ConsoleUnderTest.PASSWORD).expect(400);
        browser.choosePassword(console.firstPassword, ConsoleUnderTest.PASSWORD).expect(303);
        assertThat(browser.get("/").expect(200).body()).contains("Overview");

        Browser other = console.new Browser();
        other.signIn("admin", console.firstPassword).expect(401);
        other.signIn("admin", ConsoleUnderTest.PASSWORD).expect(303);
        other.get("/").expect(200);
    }

    @Test
    void whoeverIsNotSignedInSeesTheFormAlone() {
        for (String path : List.of("/", "/live", "/password")) {
            assertThat(browser.get(path).expect(303).header("Location")).isEqualTo("/login");
        }
        assertThat(browser.get("/login").expect(200).body()).contains("autocomplete=\"current-password\"");
    }

    @Test
    void cookiesAreForThisSiteAndForNoScript() {
        Answer in = browser.signIn("admin", console.firstPassword);

        assertThat(in.response().headers().allValues("Set-Cookie"))
                .anySatisfy(cookie -> assertThat(cookie)
                        .matches("callgate-session=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict"));
        assertThat(in.header("Content-Security-Policy")).contains("default-src 'none'", "frame-ancestors 'none'");
        assertThat(in.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void signingOutEndsTheSessionOnTheServer() {
        Browser admin = console.admin();
        Browser thief = console.new Browser();
        thief.cookies.putAll(admin.cookies);
        thief.get("/").expect(200);

        admin.post("/", "unused", "").expect(405);
        admin.postWith(formKey(admin), "/logout").expect(303);

        thief.get("/").expect(303);
    }

    @Test
    void aNewPasswordSignsOtherBrowsersOut() {
        Browser admin = console.admin();
        Browser other = console.new Browser();
        other.signIn("admin", ConsoleUnderTest.PASSWORD).expect(303);

        admin.choosePassword(ConsoleUnderTest.PASSWORD, "another good password").expect(303);

        other.get("/").expect(303);
        admin.get("/").expect(200);
    }

    @Test
    void anIdleSessionEndsAndEverySessionDoesInHalfADay() {
        Browser admin = console.admin();
        console.clock.advance(Duration.ofMinutes(29));
        admin.get("/").expect(200);
        console.clock.advance(Duration.ofMinutes(29));
        admin.get("/").expect(200);
        console.clock.advance(Duration.ofMinutes(31));
        admin.get("/").expect(303);

        admin.signIn("admin", ConsoleUnderTest.PASSWORD).expect(303);
        for (int i = 0; i < 12 * 3; i++) {
            admin.get("/").expect(200);
            console.clock.advance(Duration.ofMinutes(20));
        }
        console.clock.advance(Duration.ofMinutes(1));
        admin.get("/").expect(303);
    }

    @Test
    void anotherSitesFormDoesNothing() {
        Browser admin = console.admin();
        admin.postWith("", "/logout").expect(403);
        admin.postWith("A".repeat(43), "/logout").expect(403);
        String key = formKey(admin);
        admin.headers.addAll(List.of("Origin", "https://evil.example"));
        admin.postWith(key, "/logout").expect(403);
        admin.headers.clear();
        admin.headers.addAll(List.of("Origin", "null"));
        admin.postWith(key, "/logout").expect(403);
        admin.headers.clear();
        admin.headers.addAll(List.of("Sec-Fetch-Site", "same-site"));
        admin.postWith(key, "/logout").expect(403);
        admin.headers.clear();
        admin.get("/").expect(200);

        browser.postWith("A".repeat(43), "/login", "name", "admin", "password", ConsoleUnderTest.PASSWORD)
                .expect(403);
        assertThat(browser.cookies).doesNotContainKey("callgate-session");
    }

    @Test
    void tooManyWrongPasswordsHaveToWait() {
        for (int i = 0; i < LoginLimit.MOST_OF_ADDRESS; i++) {
            browser.signIn("admin", "wrong").expect(401);
        }
        Answer refused = browser.signIn("admin", console.firstPassword).expect(429);
        assertThat(Long.parseLong(refused.header("Retry-After"))).isBetween(1L, 901L);
        assertThat(refused.body()).contains("Too many failed tries. Wait 1");

        console.clock.advance(LoginLimit.WINDOW);
        browser.signIn("admin", console.firstPassword).expect(303);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nobody", "admin' or '1'='1", "<b>", "管理员"})
    void whoeverIsUnknownHearsTheSame(String name) {
        Answer unknown = browser.signIn(name, "wrong");

        assertThat(unknown.expect(401).body())
                .contains("The user name or the password is wrong.")
                .doesNotContain("<b>");
    }

    @Test
    void speaksTheLanguageOfTheBrowserUntilAnotherIsChosen() {
        browser.headers.addAll(List.of("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.8"));
        assertThat(browser.get("/login").body()).contains("lang=\"zh-Hans\"", "登录控制台");

        assertThat(browser.get("/login?lang=en").body()).contains("Sign in to the console");
        assertThat(browser.get("/login").body()).contains("Sign in to the console");
    }

    @Test
    void theAuditHasWhoSignedInAndWhatTheyDid() {
        console.admin();

        assertThat(console.api("GET", "/v1/audit", "").toString())
                .contains("\"actor\":\"console admin\",\"action\":\"console.login\"")
                .contains("console-user.change-password")
                .doesNotContain(console.firstPassword)
                .doesNotContain(ConsoleUnderTest.PASSWORD);
    }

    private static String formKey(Browser browser) {
        return browser.get("/").body().replaceAll("(?s).*name=\"formKey\" value=\"([^\"]+)\".*", "$1");
    }

    /// Whatever it is that is done, and whatever a header claims.
    @Test
    void theAuditHasTheAddressOfTheBrowser() throws UnknownHostException {
        try (HttpClient elsewhere = HttpClient.newBuilder()
                .localAddress(InetAddress.getByName("127.0.0.9"))
                .build()) {
            Browser there = console.new Browser(elsewhere);
            there.headers.addAll(List.of("X-Forwarded-For", "192.0.2.1", "Forwarded", "for=192.0.2.1"));
            there.signIn("admin", console.firstPassword).expect(303);
            there.choosePassword(console.firstPassword, ConsoleUnderTest.PASSWORD)
                    .expect(303);
            there.post("/apps", "id", "demo", "contact", "eve", "sessions", "5").expect(303);
            there.post("/pools", "do", "create", "id", "main", "kind", "production")
                    .expect(303);
            there.post("/audit", "usageDays", "30").expect(303);
            there.post("/users", "do", "add", "name", "pam", "role", "viewer").expect(200);
        }

        for (JsonNode entry : console.api("GET", "/v1/audit", "").get("items")) {
            if (entry.get("actor").asString().equals("console admin")) {
                assertThat(entry.get("origin").asString()).as(entry.toString()).isEqualTo("127.0.0.9");
            }
        }
        assertThat(console.api("GET", "/v1/audit", "").findValuesAsString("action"))
                .contains("console.login", "app.create", "pool.create", "retention.change", "console-user.create");
    }
}
