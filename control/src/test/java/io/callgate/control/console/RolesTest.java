package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.console.ConsoleUnderTest.Answer;
import io.callgate.control.console.ConsoleUnderTest.Browser;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What a viewer may not change, and what an app's owner may not even hear of: by page and by API.
class RolesTest {
    private static final List<String> PAGES = List.of(
            "/",
            "/apps",
            "/apps/mine",
            "/apps/theirs",
            "/relays",
            "/pools",
            "/sessions",
            "/sessions?app=theirs",
            "/allowlist",
            "/allowlist?app=theirs",
            "/allowlist.file?app=theirs&format=csv",
            "/usage",
            "/usage?app=theirs",
            "/usage.csv?app=theirs",
            "/usage-days.csv?app=theirs",
            "/audit",
            "/users");

    private final ConsoleUnderTest console = new ConsoleUnderTest();
    private String relayKey = "";

    @BeforeEach
    void fillFleet() {
        console.api("POST", "/v1/pools", "{\"id\": \"main\", \"kind\": \"production\"}");
        for (String app : List.of("mine", "theirs")) {
            console.api(
                    "POST",
                    "/v1/apps",
                    "{\"id\": \"" + app + "\", \"contact\": \"contact-of-" + app + "\", \"pools\": [\"main\"]}");
            console.api("POST", "/v1/apps/" + app + "/activate", "");
            console.api("POST", "/v1/apps/" + app + "/token-secrets", "");
        }
        String token = console.api("POST", "/v1/join-tokens", "{\"pool\": \"main\", \"region\": \"eu\"}")
                .get("joinToken")
                .asString();
        relayKey = console.api("POST", "/link/join", "", """
            {"joinToken": "%s", "name": "r1", "endpoints": [{"address": "203.0.113.7", "port": 443, "transports": ["udp"]}]}\
            """.formatted(token), 201)
                .get("relayKey")
                .asString();
        console.api(
                "POST",
                "/link/heartbeat",
                relayKey,
                """
                {"epoch": "run", "sequence": 1, "loadPercent": 10, "stateVersion": 1,
                 "apps": [%s, %s],
                 "usage": [%s, %s],
                 "sessions": {"after": 0, "upTo": 2, "live": [%s, %s]}}\
                """.formatted(
                                need("mine", 3),
                                need("theirs", 4),
                                usage("mine"),
                                usage("theirs"),
                                live(1, "mine"),
                                live(2, "theirs")),
                200);
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void anOwnerSeesNoOtherAppOnAnyPage() {
        Browser owner = console.signedIn("olive", "app-owner", ", \"apps\": [\"mine\"]");

        for (String path : PAGES) {
            Answer answer = owner.get(path);
            assertThat(answer.body())
                    .as(path)
                    .doesNotContain("contact-of-theirs", "user-of-theirs", ">theirs<", "\ntheirs,", ": theirs");
        }
        assertThat(owner.get("/").expect(200).body()).contains("Overview of mine", "<dd>3</dd>");
        assertThat(owner.get("/apps").expect(303).header("Location")).isEqualTo("/apps/mine");
        assertThat(owner.get("/apps/mine").expect(200).body()).contains("contact-of-mine", "New token secret");
        assertThat(owner.get("/sessions?app=theirs").expect(200).body()).contains("user-of-mine");
        assertThat(owner.get("/usage.csv").expect(200).body()).contains("\nmine,");
        owner.get("/usage.csv?app=theirs").expect(404);
        owner.get("/apps/theirs").expect(404);
        for (String path : List.of("/relays", "/pools", "/audit", "/users")) {
            owner.get(path).expect(403);
        }
    }

    @Test
    void anOwnerChangesNothingOfAnotherApp() {
        Browser owner = console.signedIn("olive", "app-owner", ", \"apps\": [\"mine\"]");
        String session = console.api("GET", "/v1/sessions?appId=theirs", "")
                .at("/items/0/id")
                .asString();

        for (String action :
                List.of("add-secret", "renew-sign", "remove-sign", "suspend", "activate", "rotate-relay", "settings")) {
            assertThat(owner.post("/apps/mine", "do", "nothing").status()).isEqualTo(400);
            Answer answer = owner.postWith(key(owner), "/apps/theirs", "do", action, "sessions", "1");
            assertThat(answer.status()).as(action).isIn(403, 404);
        }
        owner.postWith(key(owner), "/sessions", "session", session).expect(404);
        owner.postWith(key(owner), "/pools", "do", "create", "id", "evil", "kind", "trial")
                .expect(403);
        owner.postWith(key(owner), "/users", "do", "add", "name", "evil", "role", "operator")
                .expect(403);
        owner.postWith(key(owner), "/apps", "id", "evil", "contact", "x", "sessions", "1")
                .expect(403);
        owner.postWith(key(owner), "/apps/mine", "do", "suspend").expect(403);

        assertThat(console.api("GET", "/v1/apps/theirs", "").get("tokenSecrets").asInt())
                .isEqualTo(1);
        assertThat(owner.postWith(key(owner), "/apps/mine", "do", "add-secret")
                        .expect(200)
                        .body())
                .contains("shown this once");
    }

    @Test
    void anOwnersTokenSeesNoOtherAppByTheApi() {
        String token =
                console.api("POST", "/v1/operator-tokens", """
                    {"name": "olive", "role": "app-owner", "apps": ["mine"]}\
                    """).get("token").asString();
        String session = console.api("GET", "/v1/sessions?appId=theirs", "")
                .at("/items/0/id")
                .asString();

        assertThat(console.api("GET", "/v1/apps", token, "", 200).toString())
                .contains("contact-of-mine")
                .doesNotContain("theirs");
        assertThat(console.api("GET", "/v1/sessions", token, "", 200).toString())
                .contains("user-of-mine")
                .doesNotContain("theirs");
        for (String path : List.of("", "/token-secrets", "/revocations", "/usage", "/quota-excesses", "/allowlist")) {
            console.api("GET", "/v1/apps/mine" + path, token, "", 200);
            JsonNode refused = console.api("GET", "/v1/apps/theirs" + path, token, "", 404);
            JsonNode unknown = console.api("GET", "/v1/apps/nobody" + path, token, "", 404);
            assertThat(refused.toString().replace("theirs", "nobody")).isEqualTo(unknown.toString());
        }
        console.api("GET", "/v1/sessions?appId=theirs", token, "", 404);
        console.api("POST", "/v1/sessions/" + session + "/end", token, "", 404);
        for (String path :
                List.of("/v1/pools", "/v1/relays", "/v1/audit", "/v1/operator-tokens", "/v1/console-users")) {
            console.api("GET", path, token, "", 403);
        }
        console.api("POST", "/v1/apps/mine/activate", token, "", 403);
        console.api("PATCH", "/v1/apps/mine", token, "{\"contact\": \"x\"}", 403);
    }

    @Test
    void aViewerSeesEverythingAndChangesNothing() {
        Browser viewer = console.signedIn("vera", "viewer", "");

        for (String path :
                List.of("/", "/apps", "/apps/theirs", "/relays", "/pools", "/sessions", "/audit", "/users")) {
            assertThat(viewer.get(path).expect(200).body())
                    .as(path)
                    .doesNotContain("name=\"do\"", ">Drain<", "New token secret", "Take it in");
        }
        viewer.postWith(key(viewer), "/apps/mine", "do", "suspend").expect(403);
        viewer.postWith(key(viewer), "/pools", "do", "create", "id", "evil", "kind", "trial")
                .expect(403);
        viewer.postWith(key(viewer), "/users", "do", "add", "name", "evil", "role", "operator")
                .expect(403);
        assertThat(console.api("GET", "/v1/pools", "").toString()).doesNotContain("evil");
    }

    private static String key(Browser browser) {
        return browser.get("/").body().replaceAll("(?s).*name=\"formKey\" value=\"([^\"]+)\".*", "$1");
    }

    private static String need(String app, int sessions) {
        return """
            {"app": "%s", "sessions": %d, "peakSessions": %d, "wantedSessions": %d, "kbitPerSecond": 100,
             "wantedKbitPerSecond": 100}\
            """.formatted(app, sessions, sessions, sessions);
    }

    private static String usage(String app) {
        return """
            {"epoch": "run", "hour": "2026-11-22T11:00:00Z", "app": "%s", "ingress": "turn_udp", "bytesToPeer": 1,
             "bytesToClient": 2, "sessions": 3, "sessionSeconds": 60}\
            """.formatted(app);
    }

    private static String live(int number, String app) {
        return """
            {"number": %d, "app": "%s", "subject": "user-of-%s", "ingresses": ["turn_udp"], "client": "203.0.113.0/24",
             "began": "2026-11-22T11:00:00Z", "bytesToPeer": 1, "bytesToClient": 1}\
            """.formatted(number, app, app);
    }
}
