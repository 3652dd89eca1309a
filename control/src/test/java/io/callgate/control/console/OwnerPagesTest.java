package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.console.ConsoleUnderTest.Answer;
import io.callgate.control.console.ConsoleUnderTest.Browser;
import io.callgate.control.rest.Operations;
import io.javalin.Javalin;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// An owner of two apps among four on every route that the console has, and with every form that an operator
/// finds on its pages.
class OwnerPagesTest {
    /// What is said of the other app; its bare name alone is only what the owner typed.
    private static final List<String> SECRETS = List.of("theirs-", ">theirs<", "\ntheirs,", ": theirs", "44,444");

    private static final Pattern FORM =
            Pattern.compile("<form method=\"post\" action=\"([^\"]+)\".*?</form>", Pattern.DOTALL);
    private static final Pattern FIELD =
            Pattern.compile("<(?:input|button)[^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"");

    private final ConsoleUnderTest console = new ConsoleUnderTest();

    @BeforeEach
    void makeFourApps() {
        console.api("POST", "/v1/pools", "{\"id\": \"main\", \"kind\": \"production\"}");
        for (String app : List.of("mine", "also-mine", "theirs", "theirs-too")) {
            console.api("POST", "/v1/apps", """
                {"id": "%1$s", "contact": "%1$s-contact", "pools": ["main"], "carriers": ["%1$s-carrier"],
                 "destinations": [{"host": "%1$s-sfu.example", "ports": ["443"]}]}\
                """.formatted(app));
            console.api("POST", "/v1/apps/" + app + "/activate", "");
            console.api("POST", "/v1/apps/" + app + "/token-secrets", "");
            console.api("POST", "/v1/apps/" + app + "/app-sign", "");
        }
        String token = console.api("POST", "/v1/join-tokens", "{\"pool\": \"main\", \"region\": \"eu\"}")
                .get("joinToken")
                .asString();
        String relay = console.api("POST", "/link/join", "", """
            {"joinToken": "%s", "name": "r1", "endpoints": [{"address": "203.0.113.7", "port": 443, "transports": ["udp"]}]}\
            """.formatted(token), 201)
                .get("relayKey")
                .asString();
        console.api(
                "POST",
                "/link/heartbeat",
                relay,
                """
                {"epoch": "run", "sequence": 1, "loadPercent": 10, "stateVersion": 1,
                 "apps": [%s, %s, %s, %s],
                 "usage": [{"epoch": "run", "hour": "2026-11-22T11:00:00Z", "app": "theirs", "ingress": "turn_udp",
                   "bytesToPeer": 1, "bytesToClient": 2, "sessions": 44444, "sessionSeconds": 60}],
                 "sessions": {"after": 0, "upTo": 1, "live": [{"number": 1, "app": "theirs", "subject": "theirs-user",
                   "ingresses": ["turn_udp"], "client": "203.0.113.0/24", "began": "2026-11-22T11:00:00Z",
                   "bytesToPeer": 1, "bytesToClient": 1}]}}\
                """.formatted(
                        need("mine", 3), need("also-mine", 4), need("theirs", 44_444), need("theirs-too", 44_444)),
                200);
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void noRouteShowsTheOtherApp() throws Exception {
        Browser owner = console.signedIn("olive", "app-owner", ", \"apps\": [\"mine\", \"also-mine\"]");
        List<String> seen = new ArrayList<>();
        for (Endpoint route : routes()) {
            if (route.method.equals(HandlerType.GET) && !route.path.equals("/live")) {
                String path = filled(route.path) + "?app=theirs&since=1&format=csv&days=90";
                assertClean(path, owner.get(path));
                seen.add(route.path);
            }
        }

        assertThat(seen)
                .contains("/", "/apps/{app}", "/app-names", "/pools", "/usage.csv", "/allowlist.file")
                .hasSizeGreaterThan(13);
        assertThat(firstNews(owner)).contains("<dd>7</dd>", "event: point").doesNotContain("44,", "theirs");
    }

    @Test
    void bothOwnAppsAreShownAndOneCanBeChosen() {
        Browser owner = console.signedIn("olive", "app-owner", ", \"apps\": [\"mine\", \"also-mine\"]");

        assertThat(owner.get("/apps").expect(200).body())
                .contains("href=\"/apps/mine\"", "href=\"/apps/also-mine\"")
                .doesNotContain("theirs", "Take it in");
        assertThat(owner.get("/").expect(200).body())
                .contains("Overview of your apps", "<dd>7</dd>", "href=\"/apps/mine\"", "href=\"/apps/also-mine\"")
                .doesNotContain("theirs", "44,444");
        for (String own : List.of("mine", "also-mine")) {
            assertThat(owner.get("/apps/" + own).expect(200).body()).contains(own + "-contact", "New token secret");
            for (String page : List.of("/usage", "/allowlist", "/sessions")) {
                assertThat(owner.get(page + "?app=" + own).expect(200).body())
                        .contains(own)
                        .doesNotContain("theirs");
            }
        }
        owner.postWith(key(owner), "/apps/also-mine", "do", "add-secret").expect(200);
    }

    @Test
    void anOperatorGivesAnOwnerOtherApps() {
        Browser owner = console.signedIn("olive", "app-owner", ", \"apps\": [\"theirs\"]");
        Browser admin = console.admin();
        owner.get("/apps/mine").expect(404);

        admin.post("/users", "do", "apps", "user", "olive", "apps", "mine, nobody")
                .expect(400);
        admin.post("/users", "do", "apps", "user", "admin", "apps", "mine").expect(409);
        admin.post("/users", "do", "apps", "user", "olive", "apps", "mine, also-mine")
                .expect(303);

        owner.get("/apps/mine").expect(200);
        owner.get("/apps/also-mine").expect(200);
        owner.get("/apps/theirs").expect(404);
        assertThat(console.api("GET", "/v1/console-users", "").toString())
                .contains("\"apps\":[\"also-mine\",\"mine\"]");
        assertThat(console.api("GET", "/v1/audit", "").at("/items/0").toString())
                .contains("console-user.change", "\"before\":\"theirs\"", "\"after\":\"mine, also-mine\"");
    }

    /// The page follows anew, then, and hears of the apps that are left.
    @Test
    @Timeout(30)
    void theStreamOfTheOverviewEndsWhenItsUsersAppsAreOthers() throws Exception {
        Browser owner = console.signedIn("olive", "app-owner", ", \"apps\": [\"mine\", \"theirs\"]");
        Browser admin = console.admin();
        try (HttpClient client = HttpClient.newHttpClient();
                BufferedReader lines = live(client, owner)) {
            assertThat(untilThePoint(lines)).contains("<dd>44,447</dd>");

            admin.post("/users", "do", "apps", "user", "olive", "apps", "mine").expect(303);

            assertThat(lines.lines()).last().asString().isBlank();
            assertThat(firstNews(owner)).contains("<dd>3</dd>").doesNotContain("44,", "theirs");
            client.shutdownNow();
        }
    }

    private static String key(Browser browser) {
        return browser.get("/").body().replaceAll("(?s).*name=\"formKey\" value=\"([^\"]+)\".*", "$1");
    }

    @Test
    void noFormOfAnOperatorChangesTheOtherAppForAnOwner() {
        Browser admin = console.admin();
        Set<String> forms = new LinkedHashSet<>();
        for (Endpoint route : routes()) {
            if (route.method.equals(HandlerType.GET)
                    && !List.of("/live", "/login", "/password").contains(route.path)) {
                Matcher form = FORM.matcher(
                        admin.get(filled(route.path) + "?app=theirs").body());
                while (form.find()) {
                    forms.add(form.group());
                }
            }
        }
        Browser owner = console.signedIn("olive", "app-owner", ", \"apps\": [\"mine\", \"also-mine\"]");
        String key = key(owner);
        String before = state();
        Set<String> posted = new LinkedHashSet<>();
        for (String form : forms) {
            Matcher action = FORM.matcher(form);
            assertThat(action.find()).isTrue();
            if (action.group(1).equals("/logout")) {
                continue;
            }
            List<String> fields =
                    new ArrayList<>(List.of("uid", "theirs-user", "region", "eu", "cidr", "203.0.113.99"));
            Matcher field = FIELD.matcher(form);
            while (field.find()) {
                if (!field.group(1).equals(Visit.FORM_KEY)) {
                    fields.addAll(List.of(field.group(1), field.group(2)));
                }
            }
            Answer answer = owner.postWith(key, action.group(1), fields.toArray(String[]::new));
            assertThat(answer.status()).as(action.group(1) + " " + fields).isIn(400, 403, 404);
            assertClean(action.group(1), answer);
            posted.add(action.group(1));
        }

        assertThat(posted)
                .contains("/apps", "/apps/theirs", "/relays", "/pools", "/sessions", "/allowlist", "/audit", "/users");
        assertThat(state()).isEqualTo(before);
    }

    /// All that the console answers, as it is registered.
    static List<Endpoint> routes() {
        List<Endpoint> routes = new ArrayList<>();
        Routes console = new Routes(
                new CompletableFuture<>(), neverAsked(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Javalin server = Javalin.create(config -> console.addTo(config.routes));
        server.unsafe.internalRouter.allHttpHandlers().forEach(parsed -> routes.add(parsed.endpoint));
        return routes;
    }

    @SuppressWarnings("NullAway") // routes are listed, none is served
    private static Operations neverAsked() {
        return null;
    }

    private static String filled(String path) {
        return path.replace("{app}", "theirs").replace("{name}", "console.css");
    }

    private static void assertClean(String path, Answer answer) {
        assertThat(answer.body()).as(path).doesNotContain(SECRETS);
    }

    private String state() {
        StringBuilder state = new StringBuilder();
        for (String path : List.of(
                "/v1/apps/theirs",
                "/v1/apps/theirs/token-secrets",
                "/v1/apps/theirs/revocations",
                "/v1/pools",
                "/v1/pools/main/addresses",
                "/v1/relays",
                "/v1/retention",
                "/v1/console-users",
                "/v1/allowlist/key")) {
            state.append(console.api("GET", path, "")).append('\n');
        }
        return state.toString();
    }

    /// What the stream of the overview says until its first point.
    private String firstNews(Browser owner) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient();
                BufferedReader lines = live(client, owner)) {
            String text = untilThePoint(lines);
            client.shutdownNow();
            return text;
        }
    }

    /// The stream of the overview.
    private BufferedReader live(HttpClient client, Browser owner) throws IOException, InterruptedException {
        HttpResponse<InputStream> stream = client.send(
                HttpRequest.newBuilder(URI.create(console.origin() + "/live"))
                        .header("Cookie", "callgate-session=" + owner.cookies.get("callgate-session"))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        return new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
    }

    private static String untilThePoint(BufferedReader lines) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("event: point") < 0) {
            text.append(lines.readLine()).append('\n');
        }
        return text.append(lines.readLine()).toString();
    }

    private static String need(String app, int sessions) {
        return """
            {"app": "%s", "sessions": %d, "peakSessions": %d, "wantedSessions": %d, "kbitPerSecond": 100,
             "wantedKbitPerSecond": 100}\
            """.formatted(app, sessions, sessions, sessions);
    }
}
