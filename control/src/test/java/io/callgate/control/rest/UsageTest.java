package io.callgate.control.rest;

import static io.callgate.control.rest.ApiUnderTest.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.rest.ApiUnderTest.Reply;
import io.callgate.control.store.RelayTable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What an app has used by day, whose firewall lacks an address, and what is forgotten.
class UsageTest {
    private final ApiUnderTest api = new ApiUnderTest();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void isToldByDayWithThePeak() {
        api.activeApp("demo", "");
        String key = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        tell(
                key,
                2,
                "\"apps\": [" + ApiUnderTest.need("demo", 7) + "], \"usage\": [{\"epoch\": \"run\","
                        + " \"hour\": \"2026-11-22T12:00:00Z\", \"app\": \"demo\", \"ingress\": \"turn_udp\","
                        + " \"bytesToPeer\": 10, \"bytesToClient\": 20, \"sessions\": 7, \"sessionSeconds\": 150}]");
        tell(key, 3, "\"apps\": [" + ApiUnderTest.need("demo", 2) + "]");

        assertThat(api.get("/v1/apps/demo/usage/days")
                        .expect(200)
                        .json()
                        .get("items")
                        .toString())
                .isEqualTo("[{\"day\":\"2026-11-22\",\"region\":\"eu\",\"ingress\":\"turn_udp\",\"sessions\":7,"
                        + "\"minutes\":2,\"bytesToPeer\":10,\"bytesToClient\":20}]");
        assertThat(api.get("/v1/apps/demo/usage/peaks")
                        .expect(200)
                        .json()
                        .get("items")
                        .toString())
                .isEqualTo("[{\"day\":\"2026-11-22\",\"sessions\":7},"
                        + "{\"day\":\"2026-11-22\",\"region\":\"eu\",\"sessions\":7}]");
        assertThat(api.get("/v1/apps/demo/usage/days?until=2026-11-22T00:00:00Z")
                        .json()
                        .get("items")
                        .isEmpty())
                .isTrue();
        api.get("/v1/apps/demo/usage/days?after=x").expect(400);
        api.get("/v1/apps/nobody/usage/peaks").expect(404);
    }

    @Test
    void tellsWhichSitesHaveNeverReachedAnAddress() {
        api.activeApp("demo", "");
        String first = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        String second = api.liveRelay("r2", "main", "eu", endpoint("203.0.113.2", 443, "udp"));
        tell(first, 2, sessions("10.1.0.0/24", "10.2.0.0/24", "10.3.0.0/24", "10.4.0.0/24"));
        tell(second, 2, sessions("10.1.0.0/24"));

        JsonNode items =
                api.get("/v1/apps/demo/allowlist/reach").expect(200).json().get("items");

        assertThat(items.get(0).get("reached").asInt()).isEqualTo(4);
        assertThat(items.get(0).get("missing").isEmpty()).isTrue();
        assertThat(items.get(1).get("address").asString()).isEqualTo("203.0.113.2/32");
        assertThat(items.get(1).get("sites").asInt()).isEqualTo(4);
        assertThat(items.get(1).get("reached").asInt()).isEqualTo(1);
        assertThat(items.get(1).get("missing").toString())
                .isEqualTo("[\"10.2.0.0/24\",\"10.3.0.0/24\",\"10.4.0.0/24\"]");
        JsonNode page = api.get("/v1/apps/demo/allowlist/reach?limit=1").json();
        assertThat(api.get("/v1/apps/demo/allowlist/reach?after="
                                + page.get("next").asString())
                        .json()
                        .get("items")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void tellsOfARelaysAddressesApart() {
        api.activeApp("demo", "");
        String relay = api.liveRelay(
                "r1", "main", "eu", endpoint("203.0.113.1", 443, "udp") + ", " + endpoint("198.51.100.1", 443, "udp"));
        tell(
                relay,
                2,
                sessions("10.1.0.0/24", "10.2.0.0/24")
                        .replace(
                                "\"client\": \"10.1.0.0/24\"",
                                "\"client\": \"10.1.0.0/24\", \"reached\": [\"203.0.113.1:443\"]")
                        .replace(
                                "\"client\": \"10.2.0.0/24\"",
                                "\"client\": \"10.2.0.0/24\", \"reached\": [\"198.51.100.1:443\","
                                        + " \"203.0.113.1:443\"]"));

        Map<String, JsonNode> missing = new HashMap<>();
        api.get("/v1/apps/demo/allowlist/reach")
                .expect(200)
                .json()
                .get("items")
                .forEach(item -> missing.put(item.get("address").asString(), item.get("missing")));

        assertThat(missing.toString()).contains("203.0.113.1/32=[]", "198.51.100.1/32=[\"10.1.0.0/24\"]");
        assertThat(api.get("/v1/sessions")
                        .expect(200)
                        .json()
                        .at("/items/1/reached")
                        .toString())
                .isEqualTo("[\"198.51.100.1:443\",\"203.0.113.1:443\"]");
    }

    @Test
    void aSubjectIsForgottenOnceItHasNoSession() {
        api.activeApp("demo", "");
        String key = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        tell(key, 2, sessions("10.1.0.0/24"));
        String session =
                api.get("/v1/sessions").json().get("items").get(0).get("id").asString();
        api.post("/v1/sessions/" + session + "/end").expect(200);
        api.post("/v1/apps/demo/erase", "{\"uid\": \"zoe\"}").expect(409);
        tell(key, 3, "\"sessions\": {\"after\": 1, \"upTo\": 2, \"ended\": [1]}");
        assertThat(api.get("/v1/audit").json().toString()).contains("demo zoe");

        assertThat(api.post("/v1/apps/demo/erase", "{\"uid\": \"zoe\"}")
                        .expect(200)
                        .text("auditEntries"))
                .isEqualTo("1");

        assertThat(api.get("/v1/audit").json().toString())
                .doesNotContain("demo zoe")
                .contains("subject.erase");
    }

    /// What nobody wrote about it: not only the actions that the audit had when this was written.
    @Test
    void aForgottenSubjectIsNowhereButInItsRevocation() {
        api.activeApp("demo", "");
        String key = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        tell(key, 2, sessions("10.1.0.0/24"));
        String session =
                api.get("/v1/sessions").json().get("items").get(0).get("id").asString();
        api.post("/v1/sessions/" + session + "/end").expect(200);
        String revocation = api.post("/v1/apps/demo/revocations", "{\"uid\": \"zoe\"}")
                .expect(201)
                .text("id");
        api.post("/v1/apps/demo/tokens", "{\"uid\": \"zoe\"}").expect(201);
        api.post("/v1/apps/demo/credentials", "{\"subject\": \"zoe\"}").expect(201);
        api.post("/v1/apps/demo/credentials", "{\"subject\": \"zoey\"}").expect(201);
        tell(key, 3, "\"sessions\": {\"after\": 1, \"upTo\": 2, \"ended\": [1]}");

        assertThat(api.post("/v1/apps/demo/erase", "{\"uid\": \"zoe\"}")
                        .expect(200)
                        .text("auditEntries"))
                .isEqualTo("4");

        assertThat(rowsThatName("zoe")).singleElement().asString().contains(revocation);
        assertThat(rowsThatName("zoey")).hasSize(1);
    }

    /// What `session list` does not show keeps nobody from being forgotten.
    @Test
    void sessionsOfARelayThatIsGoneKeepNoSubject() {
        api.activeApp("demo", "");
        String key = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        tell(key, 2, sessions("10.1.0.0/24"));
        api.post("/v1/apps/demo/erase", "{\"uid\": \"zoe\"}").expect(409);
        api.clock.advance(RelayTable.SILENCE.plusMillis(1));
        assertThat(api.get("/v1/sessions").json().get("items").isEmpty()).isTrue();

        api.post("/v1/apps/demo/erase", "{\"uid\": \"zoe\"}").expect(200);

        assertThat(rowsThatName("zoe")).isEmpty();
        // It was only cut off: it is asked for all its sessions, and who is in a call there is known again.
        assertThat(tell(key, 3, "\"sessions\": {\"after\": 1, \"upTo\": 1}").text("sessionsTaken"))
                .isEqualTo("0");
        tell(key, 4, sessions("10.1.0.0/24"));
        api.post("/v1/apps/demo/erase", "{\"uid\": \"zoe\"}").expect(409);
    }

    @Test
    void whoIsForgottenAtARelayThatIsGoneStaysAtOneThatLives() {
        api.activeApp("demo", "");
        String gone = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        String alive = api.liveRelay("r2", "main", "eu", endpoint("203.0.113.2", 443, "udp"));
        tell(gone, 2, sessions("10.1.0.0/24"));
        api.clock.advance(RelayTable.SILENCE.plusMillis(1));
        tell(alive, 2, sessions("10.1.0.0/24"));

        assertThat(api.post("/v1/apps/demo/erase", "{\"uid\": \"zoe\"}")
                        .expect(409)
                        .text("detail"))
                .endsWith(": 1");
        assertThat(rowsThatName("zoe")).hasSize(2);
    }

    @Test
    void theRetentionIsChangedAndHeldTo() {
        api.activeApp("demo", "");
        String key = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        tell(key, 2, "\"apps\": [" + ApiUnderTest.need("demo", 7) + "]");
        api.clock.advance(Duration.ofDays(3));
        assertThat(api.get("/v1/retention").expect(200).json().toString())
                .isEqualTo("{\"usageDays\":400,\"sitesDays\":90,\"auditDays\":730}");

        api.patch("/v1/retention", "{\"usageDays\": 2}").expect(200);

        assertThat(api.get("/v1/apps/demo/usage/peaks").json().get("items").isEmpty())
                .isTrue();
        JsonNode entry = api.get("/v1/audit").json().get("items").get(0);
        assertThat(entry.get("before").asString()).contains("\"usageDays\":400");
        assertThat(entry.get("after").asString()).contains("\"usageDays\":2");
        assertThat(entry.get("origin").asString()).isEqualTo("127.0.0.1");
    }

    @Test
    void theAuditTellsWhatAnAppWasAndIs() {
        api.activeApp("demo", "");
        api.patch("/v1/apps/demo", "{\"quota\": {\"sessions\": 7}, \"contact\": \"eve\"}")
                .expect(200);

        JsonNode entry =
                api.get("/v1/audit?target=demo").expect(200).json().get("items").get(0);

        assertThat(entry.get("actor").asString()).isEqualTo("operator test");
        assertThat(entry.get("before").asString())
                .isEqualTo("{\"quota\":{\"sessions\":100,\"kbitPerSecond\":0,\"allocationsPerSubject\":24}}");
        assertThat(entry.get("after").asString())
                .isEqualTo("{\"quota\":{\"sessions\":7,\"kbitPerSecond\":0,\"allocationsPerSubject\":24}}");
    }

    /// Of all tables.
    private List<String> rowsThatName(String subject) {
        Pattern name = Pattern.compile("\\b" + subject + "\\b");
        return api.dump().lines().filter(row -> name.matcher(row).find()).toList();
    }

    private Reply tell(String key, int sequence, String parts) {
        return api.send(
                        "POST",
                        "/link/heartbeat",
                        key,
                        "{\"epoch\": \"run\", \"sequence\": " + sequence + ", \"loadPercent\": 1, \"stateVersion\": 1, "
                                + parts + "}")
                .expect(200);
    }

    private static String sessions(String... clients) {
        StringBuilder live = new StringBuilder();
        for (int i = 0; i < clients.length; i++) {
            live.append(i == 0 ? "" : ", ")
                    .append("{\"number\": ")
                    .append(i + 1)
                    .append(", \"app\": \"demo\", \"subject\": \"zoe\", \"ingresses\": [\"turn_udp\"], \"client\": \"")
                    .append(clients[i])
                    .append("\", \"began\": \"2026-11-22T12:00:00Z\", \"bytesToPeer\": 0, \"bytesToClient\": 0}");
        }
        return "\"sessions\": {\"after\": 0, \"upTo\": 1, \"live\": [" + live + "]}";
    }
}
