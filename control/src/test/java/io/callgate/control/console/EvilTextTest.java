package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.console.ConsoleUnderTest.Answer;
import io.callgate.control.console.ConsoleUnderTest.Browser;
import io.callgate.model.AllowlistFormat;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Whatever others may choose (an app's id and contact, a user's name, a relay's software and complaints,
/// purposes, reasons) is a script or a formula here, as far as the contract lets it; every page and file shows it
/// as text. What a browser says of itself (its user agent) is kept nowhere, so nothing can show it.
class EvilTextTest {
    private static final String SCRIPT = "=<img src=x onerror=alert(1)>";
    private static final String APP = "-2-3";
    private static final String SUBJECT = "@SUM-1+1";
    private static final String AGENT = "=cmd|<script>alert(2)</script>";

    @Test
    void everyPageAndEveryFileShowsItAsText() {
        try (ConsoleUnderTest console = new ConsoleUnderTest()) {
            fill(console);
            Browser admin = console.admin();
            admin.headers.addAll(List.of("User-Agent", AGENT));
            admin.post("/users", "do", "add", "name", "pam", "role", "viewer").expect(200);
            console.api("POST", "/v1/apps/" + APP + "/revocations", "{\"uid\": \"" + SUBJECT + "\"}");

            StringBuilder all = new StringBuilder();
            for (Endpoint route : OwnerPagesTest.routes()) {
                if (route.method.equals(HandlerType.GET) && !route.path.matches("/live|/login|/files.*")) {
                    for (String more : List.of("", "&since=1&days=90&format=csv", "&ended=%3Cimg%3E&format=text")) {
                        String path = route.path.replace("{app}", APP) + "?app=" + APP + more;
                        Answer answer = admin.get(path);
                        assertThat(answer.status()).as(path).isLessThan(500);
                        if (answer.header("Content-Type").startsWith("text/html")) {
                            assertThat(answer.body()).as(path).doesNotContain("<img", "<script>", "alert(1)\"");
                        }
                        all.append(answer.body());
                    }
                }
            }
            assertThat(all)
                    .contains("=&lt;img src=x onerror=alert(1)&gt;", SUBJECT)
                    .doesNotContain(AGENT, "cmd|");

            assertNoFormula(admin.get("/usage.csv?app=" + APP + "&days=90").body());
            assertNoFormula(admin.get("/usage-days.csv?app=" + APP + "&days=90").body());
            for (AllowlistFormat format : AllowlistFormat.values()) {
                String file = admin.get("/allowlist.file?app=" + APP + "&format=" + format.lowerCase())
                        .expect(200)
                        .body();
                assertThat(file).as(format.name()).contains("203.0.113.9");
                assertThat(file.lines())
                        .as(format.name())
                        .noneMatch(line -> line.startsWith("=") || line.startsWith("<"));
                if (format == AllowlistFormat.CSV) {
                    assertThat(file).contains("'=<img");
                    assertNoFormula(file);
                }
            }
        }
    }

    private static void assertNoFormula(String csv) {
        assertThat(csv.lines().count()).as(csv).isGreaterThan(1);
        for (String line : csv.lines().skip(1).toList()) {
            for (String cell : line.split(",", -1)) {
                assertThat(cell).as(csv).doesNotMatch("\"?[=+@\t-].*");
            }
        }
    }

    private static void fill(ConsoleUnderTest console) {
        console.api("POST", "/v1/pools", "{\"id\": \"main\", \"kind\": \"production\"}");
        console.api("POST", "/v1/apps", """
            {"id": "%s", "contact": "%s", "pools": ["main"]}\
            """.formatted(APP, SCRIPT));
        console.api("POST", "/v1/apps/" + APP + "/activate", "");
        console.api("POST", "/v1/pools/main/addresses", """
            {"cidr": "203.0.113.9", "ports": "443", "transports": ["udp"], "region": "eu", "purpose": "%s"}\
            """.formatted(SCRIPT));
        console.api("POST", "/v1/pools/main/addresses", """
            {"cidr": "203.0.113.8", "ports": "443", "transports": ["udp"], "region": "eu", "purpose": "media",
             "emergency": "%s"}\
            """.formatted(SCRIPT));
        String token = console.api("POST", "/v1/join-tokens", "{\"pool\": \"main\", \"region\": \"eu\"}")
                .get("joinToken")
                .asString();
        String relay = console.api("POST", "/link/join", "", """
            {"joinToken": "%s", "name": "-1-1", "endpoints": [{"address": "203.0.113.7", "port": 443, "transports": ["udp"]}]}\
            """.formatted(token), 201)
                .get("relayKey")
                .asString();
        console.api("POST", "/link/heartbeat", relay, """
            {"epoch": "run", "sequence": 1, "loadPercent": 10, "stateVersion": 1, "software": "%1$s",
             "refusal": "%1$s",
             "apps": [{"app": "%2$s", "sessions": 1, "peakSessions": 1, "wantedSessions": 1, "kbitPerSecond": 1,
               "wantedKbitPerSecond": 1}],
             "usage": [{"epoch": "run", "hour": "2026-11-22T11:00:00Z", "app": "%2$s", "ingress": "turn_udp",
               "bytesToPeer": 1, "bytesToClient": 2, "sessions": 3, "sessionSeconds": 60}],
             "sessions": {"after": 0, "upTo": 1, "live": [{"number": 1, "app": "%2$s", "subject": "%3$s",
               "ingresses": ["turn_udp"], "client": "203.0.113.0/24", "began": "2026-11-22T11:00:00Z",
               "bytesToPeer": 1, "bytesToClient": 1}]}}\
            """.formatted(SCRIPT, APP, SUBJECT), 200);
    }
}
