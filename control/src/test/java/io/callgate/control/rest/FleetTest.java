package io.callgate.control.rest;

import static io.callgate.control.rest.ApiUnderTest.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.rest.ApiUnderTest.Reply;
import io.callgate.model.AppState;
import io.callgate.model.LinkState;
import io.callgate.model.LinkStateJson;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Apps, pools and relays as an operator and a relay see them.
class FleetTest {
    private final ApiUnderTest api = new ApiUnderTest();

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void aPatchReplacesWhatItNamesAndNothingElse() {
        api.activeApp("demo", ", \"carriers\": [\"telecom\"], \"entry\": {\"domain\": \"a.example\", \"port\": 443}");

        Reply changed = api.patch("/v1/apps/demo", "{\"contact\": \"new\", \"entry\": null}")
                .expect(200);

        assertThat(changed.text("contact")).isEqualTo("new");
        assertThat(changed.json().has("entry")).isFalse();
        assertThat(changed.json().get("carriers").toString()).isEqualTo("[\"telecom\"]");
    }

    @Test
    void aChangeOfAnOlderRevisionIsRefused() {
        api.activeApp("demo", "");
        int revision = api.get("/v1/apps/demo").json().get("revision").asInt();
        api.patch("/v1/apps/demo", "{\"contact\": \"one\", \"revision\": " + revision + "}")
                .expect(200);

        api.patch("/v1/apps/demo", "{\"contact\": \"two\", \"revision\": " + revision + "}")
                .expect(409);

        assertThat(api.get("/v1/apps/demo").text("contact")).isEqualTo("one");
    }

    @Test
    void anAppWithoutAPoolIsNotActivated() {
        api.post("/v1/apps", "{\"id\": \"demo\", \"contact\": \"x\"}").expect(201);

        assertThat(api.post("/v1/apps/demo/activate").expect(409).text("mend")).contains("pools");
        api.post("/v1/apps/demo/suspend").expect(409);
    }

    @Test
    void aRuleForASpecialRangeIsTakenForItIsTheRelaysToOpen() {
        api.post(
                        "/v1/apps",
                        "{\"id\": \"demo\", \"contact\": \"x\", \"destinations\": [{\"cidr\": \"169.254.169.254\"}]}")
                .expect(201);

        assertThat(api.get("/v1/apps/demo")
                        .expect(200)
                        .json()
                        .at("/destinations/0/cidr")
                        .asString())
                .isEqualTo("169.254.169.254/32");
    }

    @Test
    void aPoolOfOneAppIsClosedToOthers() {
        api.activeApp("owner", "");
        api.activeApp("other", "");
        api.post("/v1/pools", "{\"id\": \"own\", \"kind\": \"production\", \"owner\": \"owner\"}")
                .expect(201);

        api.patch("/v1/apps/owner", "{\"pools\": [\"own\", \"main\"]}").expect(200);
        Reply refused = api.patch("/v1/apps/other", "{\"pools\": [\"own\"]}").expect(400);
        assertThat(refused.json().at("/errors/0/field").asString()).isEqualTo("/pools/0");

        String key = api.liveRelay("r1", "own", "eu", endpoint("203.0.113.1", 443, "udp"));
        LinkState state = state(key);
        assertThat(state.apps()).extracting(app -> app.id().value()).containsExactly("owner");
    }

    @Test
    void aRelayKnowsNoTokenSecretAndNoOtherPool() {
        String tokenSecret = api.activeApp("demo", "");
        api.ensurePool("second", "production");
        String here = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        String there = api.liveRelay("r2", "second", "eu", endpoint("203.0.113.2", 443, "udp"));

        Reply state = api.send("POST", "/link/state", here, "{\"version\": 0}").expect(200);

        assertThat(state.json().toString()).doesNotContain(tokenSecret);
        assertThat(state(here).apps())
                .extracting(AppState::relaySecrets)
                .singleElement()
                .satisfies(secrets -> assertThat(secrets).hasSize(1));
        assertThat(state(there).apps()).isEmpty();
    }

    @Test
    void aWaitingRelayHearsOfAChangeWithinThreeSeconds() throws Exception {
        api.activeApp("demo", "");
        String key = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        LinkState before = state(key);
        CompletableFuture<Reply> waiting = CompletableFuture.supplyAsync(() ->
                api.send("POST", "/link/state", key, "{\"version\": " + before.version() + ", \"waitSeconds\": 25}"));

        api.post("/v1/apps/demo/suspend").expect(200);

        LinkState after = LinkStateJson.parse(
                waiting.get(20, TimeUnit.SECONDS).expect(200).json().toString());
        assertThat(after.version()).isGreaterThan(before.version());
        assertThat(after.apps()).isEmpty();
    }

    @Test
    void aRelayThatHasTheNewestStateIsToldSo() {
        api.activeApp("demo", "");
        String key = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        long version = state(key).version();

        api.send("POST", "/link/state", key, "{\"version\": " + version + ", \"waitSeconds\": 0}")
                .expect(204);
    }

    @Test
    void aRelayTakesThePlaceThatWasPublishedForIt() {
        api.ensurePool("main", "production");
        Reply published = api.post(
                        "/v1/pools/main/addresses",
                        "{\"cidr\": \"203.0.113.1\", \"ports\": \"443\", \"transports\": [\"udp\", \"tcp\"],"
                                + " \"region\": \"eu\", \"purpose\": \"media\"}")
                .expect(201);

        api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp", "tcp"));

        JsonNode addresses = api.get("/v1/pools/main/addresses").json().get("items");
        assertThat(addresses.size()).isEqualTo(1);
        assertThat(addresses.get(0).get("id")).isEqualTo(published.json().get("id"));
        assertThat(addresses.get(0).has("relayId")).isTrue();
        String token = api.post("/v1/join-tokens", "{\"pool\": \"main\", \"region\": \"eu\"}")
                .text("joinToken");
        String body = "{\"joinToken\": \"" + token + "\", \"name\": \"r2\", \"endpoints\": ["
                + endpoint("203.0.113.1", 443, "udp", "tcp") + "]}";
        assertThat(api.send("POST", "/link/join", "", body).expect(409).text("detail"))
                .contains("another relay");
        assertThat(api.get("/v1/relays").json().get("items").size()).isEqualTo(1);
    }

    @Test
    void theAddressTablesOfTheVendorsComeBackRowByRow() {
        api.ensurePool("vendors", "trial");
        List<String> rows = List.of(
                "120.92.118.34 4000 [\"tcp\"] message data",
                "120.92.118.34 4500-4650 [\"udp\"] media",
                "47.74.211.17 1080 [\"udp\",\"tcp\"] edge nodes",
                "81.69.152.207 3478 [\"udp\"] media",
                "81.69.152.207 443 [\"tcp\"] signalling");
        for (String row : rows) {
            String[] cells = row.split(" ", 4);
            api.post(
                            "/v1/pools/vendors/addresses",
                            "{\"cidr\": \"" + cells[0] + "\", \"ports\": \"" + cells[1] + "\", \"transports\": "
                                    + cells[2] + ", \"region\": \"cn\", \"purpose\": \"" + cells[3] + "\"}")
                    .expect(201);
        }

        List<String> back = new ArrayList<>();
        for (JsonNode item :
                api.get("/v1/pools/vendors/addresses").json().get("items").values()) {
            back.add(item.get("cidr").asString().replace("/32", "") + " "
                    + item.get("ports").asString() + " " + item.get("transports") + " "
                    + item.get("purpose").asString());
        }
        assertThat(back).isEqualTo(rows);
    }

    @Test
    void aRelaySpeaksForTheAppsOfItsPoolOnly() {
        api.activeApp("demo", "");
        api.ensurePool("second", "production");
        String stranger = api.liveRelay("r2", "second", "eu", endpoint("203.0.113.2", 443, "udp"));

        api.beat(stranger, 2, 10, ApiUnderTest.need("demo", 1_000_000)).expect(200);

        assertThat(api.get("/v1/relays")
                        .json()
                        .get("items")
                        .get(0)
                        .get("sessions")
                        .asInt())
                .isZero();
    }

    @Test
    void listsComeInPages() {
        api.ensurePool("a", "trial");
        api.ensurePool("b", "trial");
        api.ensurePool("c", "production");

        Reply first = api.get("/v1/pools?limit=2").expect(200);
        Reply second = api.get("/v1/pools?limit=2&after=" + first.text("next")).expect(200);

        assertThat(first.json().get("items").size()).isEqualTo(2);
        assertThat(second.json().get("items").get(0).get("id").asString()).isEqualTo("c");
        assertThat(second.json().has("next")).isFalse();
        Reply audit = api.get("/v1/audit?limit=2").expect(200);
        assertThat(audit.json().get("items").get(0).get("target").asString()).isEqualTo("c");
        api.get("/v1/audit?limit=500&after=" + audit.text("next")).expect(200);
    }

    @Test
    void aPoolInUseStays() {
        api.activeApp("demo", "");
        api.delete("/v1/pools/main").expect(409);
        api.ensurePool("empty", "production");
        api.delete("/v1/pools/empty").expect(204);
        api.get("/v1/pools/empty").expect(404);
    }

    @Test
    void anOperatorTokenIsMadeUsedAndRemoved() {
        Reply made = api.post("/v1/operator-tokens", "{\"name\": \"eve\", \"role\": \"operator\"}")
                .expect(201);
        api.send("GET", "/v1/apps", made.text("token"), "").expect(200);

        api.delete("/v1/operator-tokens/" + made.text("id")).expect(204);

        api.send("GET", "/v1/apps", made.text("token"), "").expect(401);
        assertThat(api.get("/v1/operator-tokens").json().toString()).doesNotContain(made.text("token"));
    }

    @Test
    void noSecretIsInTheAudit() {
        String secret = api.activeApp("demo", "");
        String sign = api.post("/v1/apps/demo/app-sign").text("secret");
        String key = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        api.post("/v1/apps/demo/relay-secrets").expect(204);

        String audit = api.get("/v1/audit?limit=500").json().toString();

        assertThat(audit).doesNotContain(secret, sign, key, api.operatorToken).contains("app.relay-secrets.rotate");
        assertThat(api.dump()).doesNotContain(secret, sign, key, api.operatorToken);
    }

    private LinkState state(String key) {
        return LinkStateJson.parse(api.send("POST", "/link/state", key, "{\"version\": 0}")
                .expect(200)
                .json()
                .toString());
    }
}
