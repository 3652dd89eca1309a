package io.callgate.control.rest;

import static io.callgate.control.rest.ApiUnderTest.endpoint;
import static io.callgate.control.rest.ApiUnderTest.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.control.rest.ApiUnderTest.Reply;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistFormat;
import io.callgate.model.AllowlistKey;
import io.callgate.model.SignedAllowlist;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The allowlist of an app: what is in it, when it changes, who may read it, and who believes it.
class AllowlistTest {
    private final ApiUnderTest api = new ApiUnderTest();

    private String secret = "";
    private String firstRelay = "";
    private String secondRelay = "";

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void isSignedByTheKeyThatControlTells() {
        api.activeApp("demo", "");
        publish("main", "203.0.113.1", "443", "\"udp\", \"tcp\"", "media", "").expect(201);

        String text = api.get("/v1/apps/demo/allowlist").expect(200).json().toString();

        AllowlistKey key = key();
        assertThat(SignedAllowlist.verify(text, key).allowlist().entries()).hasSize(2);
        assertThatThrownBy(() -> SignedAllowlist.verify(text.replace("203.0.113.1", "203.0.113.2"), key))
                .hasMessage("the allowlist was changed after it was signed");
        assertThat(api.dump()).contains("allowlist-key").doesNotContain("MC4CAQAwBQYDK2Vw"); // how PKCS#8 begins
    }

    @Test
    void growsAVersionWhenItsEntriesChangeAndNeverElse() {
        api.activeApp("demo", "");
        publish("main", "203.0.113.1", "443", "\"udp\"", "media", "").expect(201);
        assertThat(version()).isEqualTo(1);
        JsonNode first = api.get("/v1/apps/demo/allowlist").json();
        api.clock.advance(Duration.ofDays(1));

        StringBuilder servers = new StringBuilder();
        for (int i = 1; i <= 10; i++) {
            servers.append(i == 1 ? "" : ", ")
                    .append("{\"cidr\": \"198.51.100.%d/32\", \"ports\": [\"1-65535\"]}".formatted(i));
        }
        api.patch("/v1/apps/demo", "{\"destinations\": [" + servers + "]}").expect(200);
        api.patch("/v1/apps/demo", "{\"contact\": \"bob\"}").expect(200);
        api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        api.ensurePool("second", "production");
        publish("second", "203.0.113.9", "443", "\"udp\"", "media", "").expect(201);

        assertThat(api.get("/v1/apps/demo/allowlist").json()).isEqualTo(first);

        publish("main", "203.0.113.2", "443", "\"tcp\"", "signalling", "").expect(201);
        assertThat(version()).isEqualTo(2);
        JsonNode changes =
                api.get("/v1/apps/demo/allowlist/changes?since=1").expect(200).json();
        assertThat(changes.get("to").asInt()).isEqualTo(2);
        assertThat(changes.get("added").get(0).get("address").asString()).isEqualTo("203.0.113.2");
        assertThat(changes.get("removed").isEmpty()).isTrue();
        assertThat(api.get("/v1/apps/demo/allowlist?version=1").json()).isEqualTo(first);
        api.get("/v1/apps/demo/allowlist?version=3").expect(404);
        assertThat(api.get("/v1/apps/demo/allowlist/versions")
                        .json()
                        .get("items")
                        .size())
                .isEqualTo(2);
    }

    @Test
    void leavesOutWhatIsOverAndWhatIsOutsideOfTheGeofence() {
        api.activeApp("demo", ", \"regions\": {\"rule\": \"exclude\", \"names\": [\"us\"]}");
        publish("main", "203.0.113.1", "443", "\"udp\"", "media", "").expect(201);
        publish("main", "203.0.113.2", "443", "\"udp\"", "media", ", \"region\": \"us\"")
                .expect(201);
        publish(
                        "main",
                        "203.0.113.3",
                        "443",
                        "\"udp\"",
                        "media",
                        ", \"validUntil\": \"" + api.clock.now().plus(Duration.ofDays(1)) + "\"")
                .expect(201);
        assertThat(list().entries()).extracting(entry -> entry.target()).containsExactly("203.0.113.1", "203.0.113.3");

        api.clock.advance(Duration.ofDays(2));

        assertThat(list().entries()).extracting(entry -> entry.target()).containsExactly("203.0.113.1");
        assertThat(version()).isEqualTo(2);
    }

    @Test
    void isReadByTheClientsOfItsAppAlone() {
        String secret = api.activeApp("demo", "");
        api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        String jwt = token("demo", "alice", secret, api.clock.now().plus(Duration.ofHours(1)));
        String lease = api.send("POST", "/v1/leases", jwt, "{\"uid\": \"alice\"}")
                .expect(200)
                .text("leaseId");

        for (String bearer : List.of(jwt, lease)) {
            Reply reply = api.send("GET", "/v1/allowlist", bearer, "").expect(200);
            assertThat(reply.text("app")).isEqualTo("demo");
            assertThat(reply.json().get("entries").get(0).get("purpose").asString())
                    .isEqualTo("relay: TURN, audio and video");
        }
        api.send("GET", "/v1/allowlist", "", "").expect(401);
        api.send("GET", "/v1/allowlist", api.operatorToken, "").expect(401);
        api.send("GET", "/v1/allowlist", jwt + "x", "").expect(401);
        api.send("POST", "/v1/leases/" + lease + "/end", "", "").expect(204);
        api.send("GET", "/v1/allowlist", lease, "").expect(401);
    }

    @Test
    void aLeaseNamesOnlyWhatTheClientsFirewallHasOpened() {
        String secret = api.activeApp("demo", "");
        String jwt = token("demo", "alice", secret, api.clock.now().plus(Duration.ofDays(90)));
        String first = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp", "tcp"));
        assertThat(version()).isEqualTo(1);
        String second = api.liveRelay("r2", "main", "eu", endpoint("203.0.113.2", 443, "udp", "tcp"));
        api.clock.advance(Duration.ofDays(30));
        api.beat(first, 2, 10, "");
        api.beat(second, 2, 10, "");

        Reply any = lease(jwt, "").expect(200);
        Reply old = lease(jwt, ", \"allowlistVersion\": 1").expect(200);

        assertThat(relays(any)).containsExactlyInAnyOrder("r1", "r1", "r2", "r2");
        assertThat(relays(old)).containsExactly("r1", "r1");
        assertThat(old.json().get("allowlistVersion").asInt()).isEqualTo(2);
        assertThat(relays(api.send("POST", "/v1/leases/" + old.text("leaseId") + "/renew", "", "")
                        .expect(200)))
                .containsExactly("r1", "r1");
        assertThat(relays(lease(jwt, ", \"allowlistVersion\": 2").expect(200))).hasSize(4);
        String relay =
                api.get("/v1/relays").json().get("items").get(0).get("id").asString();
        api.post("/v1/relays/" + relay + "/drain").expect(200);
        assertThat(lease(jwt, ", \"allowlistVersion\": 1").expect(503).text("mend"))
                .isEqualTo("let your firewall have version 2 of the allowlist: it has 1");
    }

    @Test
    void aPoolInUseAnnouncesItsNewAddresses() {
        api.activeApp("demo", "");
        publish("main", "203.0.113.1", "443", "\"udp\"", "media", "").expect(201);
        publish("main", "203.0.113.2", "443", "\"udp\"", "media", "").expect(201); // the first list, in two steps
        api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        String now = api.clock.now().toString();
        String inAMonth = api.clock.now().plus(Duration.ofDays(30)).toString();

        Reply announced =
                publish("main", "203.0.113.3", "443", "\"udp\"", "media", "").expect(201);
        Reply tooEarly = publish("main", "203.0.113.4", "443", "\"udp\"", "media", ", \"validFrom\": \"" + now + "\"");
        Reply emergency = publish("main", "203.0.113.5", "443", "\"udp\"", "media", ", \"emergency\": \"flood in FRA\"")
                .expect(201);

        assertThat(announced.text("validFrom")).isEqualTo(inAMonth);
        assertThat(tooEarly.expect(400).json().get("errors").get(0).get("mend").asString())
                .contains(inAMonth, "emergency");
        assertThat(emergency.text("validFrom")).isEqualTo(now);
        JsonNode audit = api.get("/v1/audit").json().get("items").get(0);
        assertThat(audit.get("action").asString()).isEqualTo("address.add.emergency");
        assertThat(audit.get("detail").asString()).isEqualTo("flood in FRA");
        assertThat(list().entries())
                .extracting(entry -> entry.validFrom().toString())
                .contains(inAMonth);
    }

    /// Who tries it out has no firewall to be announced to.
    @Test
    void aTrialPoolInUseHasItsNewAddressesAtOnce() {
        api.ensurePool("try", "trial");
        api.post("/v1/apps", "{\"id\": \"demo\", \"contact\": \"eve\"}").expect(201);
        api.post("/v1/apps/demo/trial").expect(200);
        String secret = api.post("/v1/apps/demo/token-secrets").expect(201).text("secret");
        String jwt = token("demo", "alice", secret, api.clock.now().plus(Duration.ofHours(1)));
        String first = api.liveRelay("r1", "try", "eu", endpoint("203.0.113.1", 443, "udp"));
        assertThat(relays(lease(jwt, "").expect(200))).containsExactly("r1");
        api.clock.advance(Duration.ofSeconds(1));
        api.beat(first, 2, 10, "");
        String now = api.clock.now().toString();

        Reply published =
                publish("try", "203.0.113.2", "443", "\"udp\"", "media", "").expect(201);
        api.liveRelay("r2", "try", "eu", endpoint("203.0.113.2", 443, "udp"));
        api.liveRelay("r3", "try", "eu", endpoint("203.0.113.3", 443, "udp")); // brings an address of its own

        assertThat(published.text("validFrom")).isEqualTo(now);
        assertThat(list().entries())
                .extracting(entry -> entry.target() + " " + entry.validFrom().isAfter(api.clock.now()))
                .containsExactlyInAnyOrder("203.0.113.1 false", "203.0.113.2 false", "203.0.113.3 false");
        assertThat(relays(lease(jwt, "").expect(200))).containsExactlyInAnyOrder("r1", "r2", "r3");
        assertThat(api.get("/v1/audit").json().toString()).doesNotContain("emergency");
    }

    @Test
    void anAddressInUseEndsAfterNoticeAndInAnEmergencyAtOnce() {
        api.activeApp("demo", "");
        String first =
                publish("main", "203.0.113.1", "443", "\"udp\"", "media", "").text("id");
        String second =
                publish("main", "203.0.113.2", "443", "\"udp\"", "media", "").text("id");
        api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        api.clock.advance(Duration.ofSeconds(1));
        String now = api.clock.now().toString();
        String inAMonth = api.clock.now().plus(Duration.ofDays(30)).toString();
        assertThat(version()).isEqualTo(1);

        api.send("DELETE", "/v1/pools/main/addresses/" + first, api.operatorToken, "")
                .expect(409);
        Reply tooEarly = withdraw(first, "{\"validUntil\": \"" + now + "\"}").expect(400);
        Reply ending = withdraw(first, "{}").expect(200);

        assertThat(tooEarly.json().toString()).contains(inAMonth, "emergency");
        assertThat(ending.text("validUntil")).isEqualTo(inAMonth);
        assertThat(version()).isEqualTo(2);
        assertThat(list().entries())
                .extracting(entry -> entry.validUntil().isPresent())
                .containsExactly(true, false);
        withdraw(second, "{\"emergency\": \"taken over\"}").expect(200);
        assertThat(list().entries()).extracting(entry -> entry.target()).containsExactly("203.0.113.1");
        JsonNode audit = api.get("/v1/audit").json().get("items").get(0);
        assertThat(audit.get("action").asString()).isEqualTo("address.withdraw.emergency");
        assertThat(audit.get("detail").asString()).isEqualTo("taken over");
        assertThat(audit.get("origin").asString()).isEqualTo("127.0.0.1");

        api.clock.advance(Duration.ofDays(31));
        assertThat(list().entries()).isEmpty();
        api.send("DELETE", "/v1/pools/main/addresses/" + first, api.operatorToken, "")
                .expect(204);
        withdraw(first, "{}").expect(404);
    }

    @Test
    void whatNobodyWasLedToIsWithdrawnAtOnce() {
        api.activeApp("demo", "");
        String unused =
                publish("main", "203.0.113.1", "443", "\"udp\"", "media", "").text("id");

        withdraw(unused, "{}").expect(200);

        assertThat(list().entries()).isEmpty();
    }

    @Test
    void theOperatorMovesFromOneKeyToAnother() {
        api.activeApp("demo", "");
        publish("main", "203.0.113.1", "443", "\"udp\"", "media", "").expect(201);
        AllowlistKey old = key();
        api.post("/v1/allowlist/other-key/promote").expect(404);

        AllowlistKey next = AllowlistKey.parse(
                api.post("/v1/allowlist/other-key").expect(201).text("otherKey"));
        api.post("/v1/allowlist/other-key").expect(409);

        assertThat(SignedAllowlist.verify(document(), old).otherThan(old)).contains(next);
        assertThat(SignedAllowlist.verify(document(), next).otherThan(next)).contains(old);
        api.post("/v1/allowlist/other-key/promote").expect(200);
        assertThat(key()).isEqualTo(next);
        assertThat(SignedAllowlist.verify(document(), old).otherThan(old)).contains(next);
        api.send("DELETE", "/v1/allowlist/other-key", api.operatorToken, "").expect(204);
        assertThat(SignedAllowlist.verify(document(), next).otherThan(next)).isEmpty();
        assertThatThrownBy(() -> SignedAllowlist.verify(document(), old))
                .hasMessage("the allowlist was not signed with the key that you trust");
        assertThat(version()).isEqualTo(1);
        assertThat(api.get("/v1/audit?target=control").json().toString())
                .contains("allowlist-key.add", "allowlist-key.promote", "allowlist-key.remove", next.toString());
    }

    private String document() {
        return api.get("/v1/apps/demo/allowlist").expect(200).json().toString();
    }

    private Reply withdraw(String address, String body) {
        return api.post("/v1/pools/main/addresses/" + address + "/withdraw", body);
    }

    @Test
    void manyWhoAskAtOnceGetOneVersion() throws Exception {
        api.activeApp("demo", "");
        for (int round = 1; round <= 5; round++) {
            publish("main", "203.0.113." + round, "443", "\"udp\"", "media", "").expect(201);
            List<Callable<Integer>> asks = Collections.nCopies(
                    16,
                    () -> api.get("/v1/apps/demo/allowlist")
                            .expect(200)
                            .json()
                            .get("version")
                            .asInt());
            try (var threads = Executors.newFixedThreadPool(8)) {
                for (Future<Integer> version : threads.invokeAll(asks)) {
                    assertThat(version.get()).isEqualTo(round);
                }
            }
        }
    }

    @Test
    void aPoolHasItsOwnNotice() {
        api.post("/v1/pools", "{\"id\": \"main\", \"kind\": \"production\", \"noticeDays\": 90}")
                .expect(201);
        api.activeApp("demo", "");
        api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));

        assertThat(publish("main", "203.0.113.3", "443", "\"udp\"", "media", "").text("validFrom"))
                .isEqualTo(api.clock.now().plus(Duration.ofDays(90)).toString());
    }

    @Test
    void aRelayThatMovesIsNewToTheAppsThatItMovesTo() {
        api.activeApp("demo", "");
        api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        api.ensurePool("second", "production");
        api.liveRelay("r2", "second", "eu", endpoint("203.0.113.2", 443, "udp"));
        String id = api.get("/v1/relays").json().get("items").get(1).get("id").asString();

        api.post("/v1/relays/" + id + "/move", "{\"pool\": \"main\"}").expect(200);

        assertThat(list().entries().getLast().validFrom())
                .isEqualTo(api.clock.now().plus(Duration.ofDays(30)));
        api.post("/v1/relays/" + id + "/move", "{\"pool\": \"second\"}").expect(200);
        api.clock.advance(Duration.ofDays(31));
        api.post("/v1/relays/" + id + "/move", "{\"pool\": \"main\", \"emergency\": \"r1 burns\"}")
                .expect(200);
        assertThat(list().entries().getLast().validFrom()).isBefore(api.clock.now());
        assertThat(api.get("/v1/audit").json().get("items").get(0).get("action").asString())
                .isEqualTo("relay.move.emergency");
    }

    @Test
    void aRelayMovesWithNoAddressThatEndsBeforeTheOtherPoolMayUseIt() {
        api.activeApp("demo", "");
        api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        api.ensurePool("second", "production");
        api.liveRelay("r2", "second", "eu", endpoint("203.0.113.2", 443, "udp"));
        String relay = api.get("/v1/relays").json().at("/items/0/id").asString();
        String address =
                api.get("/v1/pools/main/addresses").json().at("/items/0/id").asString();
        String end = withdraw(address, "{}").expect(200).text("validUntil");
        api.clock.advance(Duration.ofSeconds(1));

        Reply pending = api.post("/v1/relays/" + relay + "/move", "{\"pool\": \"second\"}")
                .expect(409);
        api.clock.advance(Duration.ofDays(31));
        Reply over = api.post("/v1/relays/" + relay + "/move", "{\"pool\": \"second\"}")
                .expect(409);

        assertThat(pending.text("detail"))
                .isEqualTo("203.0.113.1/32, port 443, where relay r1 stands in pool main, ends at " + end
                        + ", before pool second may use it (" + "2026-12-22T12:00:01Z)");
        assertThat(pending.text("mend"))
                .isEqualTo("withdraw it from pool main at once, in an emergency, or wait until it has ended and"
                        + " remove it; or move the relay in an emergency");
        assertThat(over.text("detail")).startsWith("203.0.113.1/32, port 443, ").contains("ended at " + end);
        assertThat(over.text("mend")).isEqualTo("remove that address from pool main first");
        assertThat(api.get("/v1/relays/" + relay).text("pool")).isEqualTo("main");
        // As it was told:
        api.delete("/v1/pools/main/addresses/" + address).expect(204);
        api.post("/v1/relays/" + relay + "/move", "{\"pool\": \"second\"}").expect(200);
    }

    @Test
    void inAnEmergencyARelayMovesWithWhatItHas() {
        api.activeApp("demo", "");
        api.ensurePool("second", "production");
        api.liveRelay("r1", "second", "eu", endpoint("203.0.113.1", 443, "udp"));
        api.liveRelay("r2", "main", "eu", endpoint("203.0.113.2", 443, "udp"));
        String relay = api.get("/v1/relays").json().at("/items/0/id").asString();
        String address =
                api.get("/v1/pools/second/addresses").json().at("/items/0/id").asString();
        String end = api.post("/v1/pools/second/addresses/" + address + "/withdraw", "{}")
                .expect(200)
                .text("validUntil");
        api.clock.advance(Duration.ofDays(1));

        api.post("/v1/relays/" + relay + "/move", "{\"pool\": \"main\", \"emergency\": \"r2 burns\"}")
                .expect(200);

        assertThat(list().entries())
                .filteredOn(entry -> entry.target().equals("203.0.113.1"))
                .singleElement()
                .satisfies(entry -> assertThat(entry.validUntil()).contains(Instant.parse(end)));
    }

    /// Nothing is announced there; an end that is still to come stays the end.
    @Test
    void intoATrialPoolARelayMovesWithWhatHasNotEnded() {
        api.ensurePool("main", "production");
        api.ensurePool("try", "trial");
        api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        String relay = api.get("/v1/relays").json().at("/items/0/id").asString();
        String address =
                api.get("/v1/pools/main/addresses").json().at("/items/0/id").asString();
        String end = withdraw(address, "{}").expect(200).text("validUntil");
        api.clock.advance(Duration.ofSeconds(1));

        api.post("/v1/relays/" + relay + "/move", "{\"pool\": \"try\"}").expect(200);

        assertThat(api.get("/v1/pools/try/addresses")
                        .json()
                        .at("/items/0/validUntil")
                        .asString())
                .isEqualTo(end);
        api.clock.advance(Duration.ofDays(31));
        assertThat(api.post("/v1/relays/" + relay + "/move", "{\"pool\": \"main\"}")
                        .expect(409)
                        .text("mend"))
                .isEqualTo("remove that address from pool try first");
    }

    /// An end says nothing of when leases begin: `relay show` tells of the address that is left.
    @Test
    void whereOneAddressHasEndedLeasesComeWithTheNext() {
        api.ensurePool("main", "production");
        Instant inAnHour = api.clock.now().plus(Duration.ofHours(1));
        publish("main", "203.0.113.1", "443", "\"udp\"", "media", "").expect(201);
        publish("main", "203.0.113.2", "443", "\"udp\"", "media", ", \"validUntil\": \"" + inAnHour + "\"")
                .expect(201);
        api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        String inAMonth = api.clock.now().plus(Duration.ofDays(30)).toString();
        api.liveRelay(
                "r2", "main", "eu", endpoint("203.0.113.2", 443, "udp") + ", " + endpoint("203.0.113.3", 443, "udp"));
        String relay = api.get("/v1/relays").json().at("/items/1/id").asString();
        assertThat(api.get("/v1/relays/" + relay).text("leasesFrom")).isEmpty();

        api.clock.advance(Duration.ofHours(1));

        assertThat(api.get("/v1/relays/" + relay).text("leasesFrom")).isEqualTo(inAMonth);
    }

    @Test
    void aPoolThatAnActiveAppIsGivenIsAnnouncedToItsFirewalls() {
        String jwt = ledThroughMainBesideSecond();
        String inAMonth = api.clock.now().plus(Duration.ofDays(30)).toString();

        Reply changed = api.patch("/v1/apps/demo", "{\"pools\": [\"second\", \"main\"]}")
                .expect(200);
        api.patch("/v1/apps/demo", "{\"contact\": \"bob\"}").expect(200);

        assertThat(changed.json().get("announcedPools").toString())
                .isEqualTo("[{\"pool\":\"second\",\"validFrom\":\"" + inAMonth + "\"}]");
        assertThat(list().entries())
                .extracting(entry -> entry.target() + " " + entry.validFrom().isAfter(api.clock.now()))
                .containsExactlyInAnyOrder("203.0.113.1 false", "203.0.113.2 true");
        assertThat(list().entries())
                .extracting(entry -> entry.validFrom().toString())
                .contains(inAMonth);
        assertThat(relays(lease(jwt, "").expect(200))).containsExactly("r1");
        assertThat(api.get("/v1/apps/demo/allowlist/reach").json().toString()).contains(inAMonth);

        api.clock.advance(Duration.ofDays(30));
        jwt = token("demo", "alice", secret, api.clock.now().plus(Duration.ofHours(1)));
        api.beat(firstRelay, 2, 10, "");
        api.beat(secondRelay, 2, 10, "");

        assertThat(relays(lease(jwt, "").expect(200))).containsExactly("r2");
        assertThat(api.get("/v1/apps/demo").json().has("announcedPools")).isFalse();
    }

    @Test
    void inAnEmergencyAPoolIsUsedAtOnce() {
        String jwt = ledThroughMainBesideSecond();

        api.patch("/v1/apps/demo", "{\"pools\": [\"second\"], \"emergency\": \"main burns\"}")
                .expect(200);

        assertThat(relays(lease(jwt, "").expect(200))).containsExactly("r2");
        assertThat(list().entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.validFrom()).isBeforeOrEqualTo(api.clock.now()));
        JsonNode audit = api.get("/v1/audit").json().get("items").get(0);
        assertThat(audit.get("action").asString()).isEqualTo("app.change.emergency");
        assertThat(audit.get("detail").asString()).isEqualTo("main burns");
    }

    @Test
    void aPoolThatIsAnnouncedMayYetBeUsedInAnEmergency() {
        String jwt = ledThroughMainBesideSecond();
        api.patch("/v1/apps/demo", "{\"pools\": [\"second\", \"main\"]}").expect(200);

        api.patch("/v1/apps/demo", "{\"emergency\": \"main burns\"}").expect(200);
        api.patch("/v1/apps/demo", "{\"emergency\": \"nothing waits any more\"}")
                .expect(200);

        assertThat(relays(lease(jwt, "").expect(200))).containsExactly("r2");
        assertThat(api.get("/v1/audit")
                        .json()
                        .get("items")
                        .valueStream()
                        .map(entry -> entry.get("action").asString()))
                .startsWith("app.change", "app.change.emergency", "app.change");
    }

    /// Its clients would have nowhere to go for a month.
    @Test
    void noPoolOfAnAppIsReplacedByOneThatNobodyKnows() {
        String jwt = ledThroughMainBesideSecond();
        String inAMonth = api.clock.now().plus(Duration.ofDays(30)).toString();

        Reply refused = api.patch("/v1/apps/demo", "{\"pools\": [\"second\"]}").expect(400);

        assertThat(refused.json().at("/errors/0/field").asString()).isEqualTo("/pools");
        assertThat(refused.json().at("/errors/0/mend").asString())
                .isEqualTo("firewalls hear of these pools first, and leases use none of them before " + inAMonth
                        + ": keep one of main until then, or say in emergency why not");
        assertThat(api.get("/v1/apps/demo").json().get("pools").toString()).isEqualTo("[\"main\"]");
        assertThat(relays(lease(jwt, "").expect(200))).containsExactly("r1");
    }

    @Test
    void whatAnAppIsGivenWhileItIsSuspendedWaitsToo() {
        String jwt = ledThroughMainBesideSecond();
        api.post("/v1/apps/demo/suspend").expect(200);
        api.patch("/v1/apps/demo", "{\"pools\": [\"second\", \"main\"]}").expect(200);

        api.post("/v1/apps/demo/activate").expect(200);

        assertThat(relays(lease(jwt, "").expect(200))).containsExactly("r1");
    }

    /// Nobody has opened a firewall for it yet.
    @Test
    void theFirstPoolsOfAnAppAreUsedAtOnce() {
        ledThroughMainBesideSecond();
        api.post("/v1/apps", "{\"id\": \"new\", \"contact\": \"eve\", \"pools\": [\"main\"]}")
                .expect(201);
        api.post("/v1/apps/new/trial").expect(200);
        api.patch("/v1/apps/new", "{\"pools\": [\"main\", \"second\"]}").expect(200);
        api.post("/v1/apps/new/activate").expect(200);
        api.ensurePool("empty", "production");
        api.post("/v1/apps", "{\"id\": \"early\", \"contact\": \"eve\", \"pools\": [\"empty\"]}")
                .expect(201);
        api.post("/v1/apps/early/activate").expect(200);

        api.patch("/v1/apps/early", "{\"pools\": [\"second\"]}").expect(200);

        for (String app : List.of("new", "early")) {
            assertThat(api.get("/v1/apps/" + app).json().has("announcedPools")).isFalse();
            String own =
                    api.post("/v1/apps/" + app + "/token-secrets").expect(201).text("secret");
            assertThat(relays(lease(token(app, "alice", own, api.clock.now().plusSeconds(60)), "")
                            .expect(200)))
                    .isNotEmpty();
        }
    }

    @Test
    void whatEndsBeforeItsPoolIsUsedIsNotListed() {
        ledThroughMainBesideSecond();
        String address =
                api.get("/v1/pools/second/addresses").json().at("/items/0/id").asString();
        api.post("/v1/pools/second/addresses/" + address + "/withdraw", "{}").expect(200);
        api.clock.advance(Duration.ofSeconds(1));

        api.patch("/v1/apps/demo", "{\"pools\": [\"main\", \"second\"]}").expect(200);

        assertThat(list().entries()).extracting(entry -> entry.target()).containsExactly("203.0.113.1");
    }

    /// @return a token of app `demo`
    private String ledThroughMainBesideSecond() {
        secret = api.activeApp("demo", "");
        api.ensurePool("second", "production");
        firstRelay = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        secondRelay = api.liveRelay("r2", "second", "eu", endpoint("203.0.113.2", 443, "udp"));
        return token("demo", "alice", secret, api.clock.now().plus(Duration.ofHours(1)));
    }

    /// The tables of three vendors (VENDORS rows A-04, N-08, Z-08), as each prints them for firewall
    /// administrators.
    @Test
    void printsTheRowsOfTheVendorsTables() {
        api.ensurePool("agora", "trial");
        for (String address : List.of("120.92.118.34", "120.92.18.162")) {
            publish("agora", address, "4000", "\"tcp\"", "消息数据传输", "").expect(201);
        }
        List<String> edges = List.of("47.74.211.17", "52.80.192.229", "52.52.84.170", "47.96.234.219");
        edges.forEach(address -> edge(address, "tcp"));
        for (String address : List.of("120.92.118.34", "120.92.18.162")) {
            publish("agora", address, "4500-4650", "\"udp\"", "媒体数据交换", "").expect(201);
        }
        edges.forEach(address -> edge(address, "udp"));
        assertThat(table("agora-app", "agora"))
                .containsExactly(
                        "out 120.92.118.34 4000 tcp cn - 消息数据传输",
                        "out 120.92.18.162 4000 tcp cn - 消息数据传输",
                        "out 47.74.211.17 1080, 8000, 25000, 9700 tcp cn - 边缘节点通信",
                        "out 52.80.192.229 1080, 8000, 25000, 9700 tcp cn - 边缘节点通信",
                        "out 52.52.84.170 1080, 8000, 25000, 9700 tcp cn - 边缘节点通信",
                        "out 47.96.234.219 1080, 8000, 25000, 9700 tcp cn - 边缘节点通信",
                        "out 120.92.118.34 4500-4650 udp cn - 媒体数据交换",
                        "out 120.92.18.162 4500-4650 udp cn - 媒体数据交换",
                        "out 47.74.211.17 1080, 8000, 25000, 9700 udp cn - 边缘节点通信",
                        "out 52.80.192.229 1080, 8000, 25000, 9700 udp cn - 边缘节点通信",
                        "out 52.52.84.170 1080, 8000, 25000, 9700 udp cn - 边缘节点通信",
                        "out 47.96.234.219 1080, 8000, 25000, 9700 udp cn - 边缘节点通信");

        api.ensurePool("nertc", "production");
        List<String> cities = List.of(
                "81.69.152.207 shanghai", "211.159.144.126 beijing", "1.14.217.204 guangzhou", "139.155.65.90 chengdu");
        for (String city : cities) {
            String[] cells = city.split(" ", 2);
            String region = ", \"region\": \"" + cells[1] + "\"";
            publish("nertc", cells[0], "3478", "\"udp\"", "media", region).expect(201);
            publish("nertc", cells[0], "7070", "\"udp\"", "media", region).expect(201);
            publish("nertc", cells[0], "443", "\"tcp\"", "signalling", region).expect(201);
        }
        assertThat(table("nertc-app", "nertc"))
                .contains(
                        "out 81.69.152.207 3478, 7070 udp shanghai - media",
                        "out 81.69.152.207 443 tcp shanghai - signalling",
                        "out 139.155.65.90 3478, 7070 udp chengdu - media")
                .hasSize(8);

        api.ensurePool("zego", "production");
        publish("zego", "203.0.113.7", "1080", "\"tcp\"", "cloud proxy", ", \"domain\": \"xxxxxxxxxxx.zego.im\"")
                .expect(201);
        assertThat(table("zego-app", "zego"))
                .containsExactly("out 203.0.113.7 1080 tcp xxxxxxxxxxx.zego.im cn - cloud proxy");
    }

    private void edge(String address, String transport) {
        for (int port : List.of(1080, 8000, 25000, 9700)) {
            publish("agora", address, Integer.toString(port), "\"" + transport + "\"", "边缘节点通信", "")
                    .expect(201);
        }
    }

    /// The rows of an app's list as text, without its headings.
    private List<String> table(String app, String pool) {
        boolean isTrial = api.get("/v1/pools/" + pool).text("kind").equals("trial");
        api.post(
                        "/v1/apps",
                        "{\"id\": \"" + app + "\", \"contact\": \"eve\""
                                + (isTrial ? "" : ", \"pools\": [\"" + pool + "\"]") + "}")
                .expect(201);
        api.post("/v1/apps/" + app + (isTrial ? "/trial" : "/activate")).expect(200);
        String text = SignedAllowlist.verify(
                        api.get("/v1/apps/" + app + "/allowlist")
                                .expect(200)
                                .json()
                                .toString(),
                        key())
                .render(AllowlistFormat.TEXT);
        return text.lines()
                .skip(1)
                .takeWhile(line -> !line.isEmpty())
                .map(line -> line.replaceAll(" +", " "))
                .toList();
    }

    /// @param more JSON members; a region among them stands instead of cn
    private Reply publish(String pool, String cidr, String ports, String transports, String purpose, String more) {
        return api.post(
                "/v1/pools/" + pool + "/addresses",
                "{\"cidr\": \"" + cidr + "\", \"ports\": \"" + ports + "\", \"transports\": [" + transports
                        + "], \"purpose\": \"" + purpose + "\""
                        + (more.contains("\"region\"") ? "" : ", \"region\": \"cn\"") + more + "}");
    }

    private AllowlistKey key() {
        return AllowlistKey.parse(
                api.send("GET", "/v1/allowlist/key", "", "").expect(200).text("key"));
    }

    private Allowlist list() {
        return SignedAllowlist.verify(
                        api.get("/v1/apps/demo/allowlist").expect(200).json().toString(), key())
                .allowlist();
    }

    private long version() {
        return list().version();
    }

    private Reply lease(String jwt, String more) {
        return api.send("POST", "/v1/leases", jwt, "{\"uid\": \"alice\"" + more + "}");
    }

    private static List<String> relays(Reply lease) {
        List<String> relays = new ArrayList<>();
        lease.json()
                .get("candidates")
                .forEach(candidate -> relays.add(candidate.get("relay").asString()));
        return relays;
    }
}
