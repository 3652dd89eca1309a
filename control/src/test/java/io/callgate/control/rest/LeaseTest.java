package io.callgate.control.rest;

import static io.callgate.control.rest.ApiUnderTest.endpoint;
import static io.callgate.control.rest.ApiUnderTest.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.lease.LeaseAnswer;
import io.callgate.control.lease.Leases;
import io.callgate.control.lease.Proof;
import io.callgate.control.rest.ApiUnderTest.Reply;
import io.callgate.control.store.RevocationTable;
import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.AppToken;
import io.callgate.model.ErrorCode;
import io.callgate.model.Lease;
import io.callgate.model.LeaseJson;
import io.callgate.model.LinkStateJson;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a client gets, and why not.
class LeaseTest {
    private static final String EU1 = endpoint("203.0.113.1", 443, "udp", "tcp", "tls");
    private static final String US1 = endpoint("203.0.113.2", 443, "udp", "tcp");

    private final ApiUnderTest api = new ApiUnderTest();
    private String secret = "";
    private String relayKey = "";

    @BeforeEach
    void makeAnAppAndARelay() {
        secret = api.activeApp("demo", "");
        relayKey = api.liveRelay("eu1", "main", "eu", EU1);
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void aTokenGetsALease() {
        Lease lease = LeaseJson.parseLease(lease("").expect(200).json().toString());

        assertThat(lease.candidates())
                .extracting(candidate -> candidate.relay() + " " + candidate.region() + " " + candidate.endpoint() + " "
                        + candidate.transport().lowerCase() + " " + candidate.priority())
                .containsExactly(
                        "eu1 eu 203.0.113.1:443 udp 3", "eu1 eu 203.0.113.1:443 tcp 2", "eu1 eu 203.0.113.1:443 tls 1");
        assertThat(lease.credential().username()).endsWith(":demo:alice");
        assertThat(lease.credential().expiresAt())
                .isEqualTo(lease.expiresAt())
                .isEqualTo(api.clock.now().plus(Duration.ofHours(1)));
        assertThat(lease.policy().mode().name()).isEqualTo("STANDARD");
    }

    @Test
    void aTokenOfOurOwnMintIsAsGood() {
        String minted = AppToken.mint(
                Secret.of(secret),
                new AppId("demo"),
                new Subject("alice@example.com"),
                api.clock.now().plusSeconds(60));

        lease(minted, "{\"uid\": \"alice@example.com\"}").expect(200);
    }

    @Test
    void theLeaseHoldsWhatABrowserTakes() {
        JsonNode lease = lease("").expect(200).json();

        JsonNode server = lease.get("iceServers").get(0);
        assertThat(server.get("urls").valueStream().map(JsonNode::asString))
                .containsExactly(
                        "turn:203.0.113.1:443?transport=udp",
                        "turn:203.0.113.1:443?transport=tcp",
                        "turns:203.0.113.1:443?transport=tcp");
        assertThat(server.get("credential")).isEqualTo(lease.get("credential").get("password"));
        assertThat(lease.get("signalling").toString())
                .isEqualTo("{\"socks5\":\"203.0.113.1:443\",\"connect\":\"203.0.113.1:443\"}");
    }

    @Test
    void theRelayKnowsTheCredential() {
        JsonNode credential = lease("").expect(200).json().get("credential");

        List<AppState> apps = LinkStateJson.parse(api.send("POST", "/link/state", relayKey, "{\"version\": 0}")
                        .expect(200)
                        .json()
                        .toString())
                .apps();
        assertThat(apps).extracting(AppState::id).containsExactly(new AppId("demo"));
        Secret known = apps.getFirst().relaySecrets().getFirst();
        assertThat(RelayCredential.password(known, credential.get("username").asString()))
                .isEqualTo(credential.get("password").asString());
    }

    @Test
    void anAppSignGetsALeaseWhereTheAppHasOne() {
        String body = "{\"uid\": \"alice\", \"appId\": \"demo\", \"appSign\": \"%s\"}";
        refused(lease("", body.formatted("guessed")), 401, ErrorCode.TOKEN_INVALID);
        String sign = api.post("/v1/apps/demo/app-sign").expect(201).text("secret");

        lease("", body.formatted(sign)).expect(200);

        refused(lease("", body.formatted(sign).replace("demo", "other")), 401, ErrorCode.TOKEN_INVALID);
        api.delete("/v1/apps/demo/app-sign").expect(204);
        refused(lease("", body.formatted(sign)), 401, ErrorCode.TOKEN_INVALID);
    }

    @Test
    void tokensThatAreNotGoodAreRefusedWithTheirCode() {
        String good = token("demo", "alice", secret, api.clock.now().plusSeconds(60));
        String body = "{\"uid\": \"alice\"}";
        refused(lease("", body), 401, ErrorCode.TOKEN_REQUIRED);
        refused(lease("nonsense", body), 401, ErrorCode.TOKEN_INVALID);
        refused(lease(good + "x", body), 401, ErrorCode.TOKEN_INVALID);
        refused(lease(good, "{\"uid\": \"bob\"}"), 401, ErrorCode.TOKEN_INVALID);
        refused(
                lease(token("demo", "alice", "x".repeat(43), api.clock.now().plusSeconds(60)), body),
                401,
                ErrorCode.TOKEN_INVALID);
        refused(
                lease(token("nobody", "alice", secret, api.clock.now().plusSeconds(60)), body),
                401,
                ErrorCode.TOKEN_INVALID);
        // alg none: header and claims without a signature
        String unsigned = "eyJhbGciOiJub25lIn0." + good.split("\\.", -1)[1] + ".";
        refused(lease(unsigned, body), 401, ErrorCode.TOKEN_INVALID);
        refused(
                lease(token("demo", "alice", secret, api.clock.now().minusSeconds(61)), body),
                401,
                ErrorCode.TOKEN_EXPIRED);
        lease(token("demo", "alice", secret, api.clock.now().minusSeconds(59)), body)
                .expect(200);
    }

    @Test
    void twoTokenSecretsLiveWhileOneReplacesTheOther() {
        String newer = api.post("/v1/apps/demo/token-secrets").expect(201).text("secret");
        assertThat(api.post("/v1/apps/demo/token-secrets").expect(409).text("mend"))
                .contains("remove the older");
        lease("").expect(200);
        lease(token("demo", "alice", newer, api.clock.now().plusSeconds(60)), "{\"uid\": \"alice\"}")
                .expect(200);

        JsonNode live =
                api.get("/v1/apps/demo/token-secrets").expect(200).json().get("items");
        api.delete("/v1/apps/demo/token-secrets/" + live.get(1).get("id").asString())
                .expect(204);

        refused(lease(""), 401, ErrorCode.TOKEN_INVALID);
    }

    @Test
    void anAppThatIsNotServedGetsNoLease() {
        String lease = lease("").expect(200).text("leaseId");
        api.post("/v1/apps/demo/suspend").expect(200);

        refused(lease(""), 403, ErrorCode.NOT_ACTIVATED);
        refused(api.send("POST", "/v1/leases/" + lease + "/renew", "", ""), 403, ErrorCode.NOT_ACTIVATED);
    }

    @Test
    void noCredentialComesBackWithASuspendedApp() {
        String before = lease("").expect(200).json().get("credential").toString();
        api.post("/v1/apps/demo/suspend").expect(200);
        assertThat(api.send("POST", "/link/state", relayKey, "{\"version\": 0}")
                        .json()
                        .get("apps")
                        .size())
                .isZero();
        api.post("/v1/apps/demo/activate").expect(200);

        assertThat(lease("").expect(200).json().get("credential").toString()).isNotEqualTo(before);
    }

    @Test
    void anyControlRenewsALeaseThatItHasNotStored() {
        Reply first = lease("");
        api.clock.advance(Duration.ofMinutes(50));
        api.beat(relayKey, 2, 10, "");

        Reply renewed = api.send("POST", "/v1/leases/" + first.text("leaseId") + "/renew", "", "")
                .expect(200);

        assertThat(renewed.text("expiresAt"))
                .isEqualTo(api.clock.now().plus(Duration.ofHours(1)).toString());
        assertThat(renewed.json().get("credential").get("username").asString()).endsWith(":demo:alice");
    }

    /// Relays take the id of a lease for its credential, and control does not care for that part.
    @Test
    void theIdOfALeaseHasItsCredentialInIt() {
        Reply lease = lease("");
        JsonNode credential = lease.json().get("credential");
        String id = lease.text("leaseId");

        assertThat(RelayCredential.pairIn(id))
                .isEqualTo(credential.get("username").asString() + ":"
                        + credential.get("password").asString());
        String older = id.substring(0, id.lastIndexOf('.'));
        assertThat(RelayCredential.pairIn(renew(older).expect(200).text("leaseId")))
                .isEqualTo(RelayCredential.pairIn(id));
    }

    @Test
    void aLeaseIsRenewedForADayAndNoLonger() {
        String lease = lease("").text("leaseId");
        for (int i = 0; i < 24; i++) {
            lease = renew(lease).expect(200).text("leaseId");
            api.clock.advance(Duration.ofHours(1));
            api.beat(relayKey, i + 2, 10, "");
        }
        renew(lease).expect(200);
        api.clock.advance(Duration.ofSeconds(1));
        refused(renew(lease), 401, ErrorCode.TOKEN_EXPIRED);
    }

    @Test
    void aLeaseThatWasTamperedWithIsRefused() {
        String lease = lease("").text("leaseId");
        String forged = (lease.startsWith("eyJp") ? "eyJq" : "eyJp") + lease.substring(4);

        refused(renew(forged), 401, ErrorCode.TOKEN_INVALID);
        refused(api.send("POST", "/v1/leases/" + forged + "/end", "", ""), 401, ErrorCode.TOKEN_INVALID);
    }

    @Test
    void anEndedLeaseIsNotRenewed() {
        String lease = lease("").text("leaseId");
        for (int twice = 0; twice < 2; twice++) {
            api.send("POST", "/v1/leases/" + lease + "/end", "", "").expect(204);
        }

        refused(renew(lease), 401, ErrorCode.TOKEN_INVALID);
        lease("").expect(200);
    }

    @Test
    void anAppHasSoManyRevocationsAndNoMore() {
        String first = api.post("/v1/apps/demo/revocations", "{\"uid\": \"alice\"}")
                .expect(201)
                .text("until");
        api.clock.advance(Duration.ofHours(1));
        api.store.change("test", transaction -> {
            for (int uid = 1; uid < RevocationTable.MOST; uid++) {
                transaction.revocations().revoke(new AppId("demo"), new Subject("uid-" + uid));
            }
            return true;
        });

        Reply full = api.post("/v1/apps/demo/revocations", "{\"uid\": \"bob\"}").expect(409);
        assertThat(full.text("detail")).isEqualTo("app demo has 1000 revocations, and the first ends at " + first);
        api.post("/v1/apps/demo/revocations", "{\"uid\": \"uid-7\"}").expect(201);
        api.clock.advance(RelayCredential.LONGEST_LIFE.minus(Duration.ofMinutes(59)));
        api.post("/v1/apps/demo/revocations", "{\"uid\": \"bob\"}").expect(201);
    }

    @Test
    void aRevokedUidIsRefusedByControlAndRelays() {
        String lease = lease("").text("leaseId");
        api.post("/v1/apps/demo/revocations", "{\"uid\": \"alice\"}").expect(201);

        refused(lease(""), 401, ErrorCode.TOKEN_INVALID);
        refused(renew(lease), 401, ErrorCode.TOKEN_INVALID);
        assertThat(LinkStateJson.parse(api.send("POST", "/link/state", relayKey, "{\"version\": 0}")
                                .json()
                                .toString())
                        .revocations())
                .singleElement()
                .satisfies(revocation ->
                        assertThat(revocation.subject().orElseThrow().value()).isEqualTo("alice"));
        assertThat(api.get("/v1/apps/demo/revocations")
                        .expect(200)
                        .json()
                        .get("items")
                        .size())
                .isEqualTo(1);
        String bob = token("demo", "bob", secret, api.clock.now().plusSeconds(60));
        lease(bob, "{\"uid\": \"bob\"}").expect(200);
    }

    @Test
    void candidatesNeverLieOutsideTheGeofence() {
        addRelayInUs();

        assertThat(regions(lease(""))).contains("eu");
        api.patch("/v1/apps/demo", "{\"regions\": {\"rule\": \"include\", \"names\": [\"us\", \"cn\"]}}")
                .expect(200);
        assertThat(regions(lease(""))).containsOnly("us");
        refused(lease(", \"region\": \"eu\""), 403, ErrorCode.REGION_FORBIDDEN);
        assertThat(regions(lease(", \"region\": \"cn\""))).containsOnly("us");
        api.patch("/v1/apps/demo", "{\"regions\": {\"rule\": \"exclude\", \"names\": [\"us\"]}}")
                .expect(200);
        assertThat(regions(lease(""))).containsOnly("eu");
        api.patch("/v1/apps/demo", "{\"regions\": {\"rule\": \"include\", \"names\": [\"cn\"]}}")
                .expect(200);
        refused(lease(""), 403, ErrorCode.REGION_FORBIDDEN);
    }

    @Test
    void anAreaMayBeWishedWhereOnlyAPartOfItIsIncluded() {
        String key = api.liveRelay("north", "main", "cn-north", US1);
        api.clock.advance(Duration.ofDays(30));
        api.beat(relayKey, 2, 10, "").expect(200);
        api.beat(key, 2, 10, "").expect(200);
        api.patch("/v1/apps/demo", "{\"regions\": {\"rule\": \"include\", \"names\": [\"cn-north\"]}}")
                .expect(200);

        assertThat(regions(lease(", \"region\": \"cn\""))).containsOnly("cn-north");
        assertThat(regions(lease(", \"region\": \"cn-north\""))).containsOnly("cn-north");
        refused(lease(", \"region\": \"cn-south\""), 403, ErrorCode.REGION_FORBIDDEN);
        refused(lease(", \"region\": \"c\""), 403, ErrorCode.REGION_FORBIDDEN);
        api.patch("/v1/apps/demo", "{\"regions\": {\"rule\": \"exclude\", \"names\": [\"cn-north\"]}}")
                .expect(200);
        assertThat(regions(lease(", \"region\": \"cn\""))).containsOnly("eu");
        refused(lease(", \"region\": \"cn-north\""), 403, ErrorCode.REGION_FORBIDDEN);
    }

    /// Relays read a request line of 4,096 bytes.
    @Test
    void aLeaseOfTheLongestTermsIsRenewedInOneLine() {
        String app = "a".repeat(64);
        String uid = "u".repeat(128);
        String appSecret = api.activeApp(app, "");
        String names = IntStream.range(0, 64)
                .mapToObj(i -> "\"" + "r".repeat(30) + (10 + i) + "\"")
                .collect(Collectors.joining(","));

        Reply lease = lease(token(app, uid, appSecret, api.clock.now().plusSeconds(60)), """
            {"uid": "%s", "region": "%s", "regions": {"rule": "exclude", "names": [%s]}, "carrier": "%s",
             "transports": ["udp", "tcp", "tls", "https", "quic"], "allowlistVersion": 9007199254740991}\
            """.formatted(
                        uid, "r".repeat(32), names, "c".repeat(32)));

        String id = lease.expect(200).text("leaseId");
        assertThat("POST /v1/leases/" + id + "/renew HTTP/1.1").hasSizeBetween(3_900, 4_096);
        assertThat(id.substring(0, id.indexOf('.'))).hasSizeGreaterThan(3_500);
        renew(id).expect(200);
    }

    @Test
    void candidatesLieOnlyWhereTheClientWantsThemAlsoWhenRenewed() {
        addRelayInUs();
        String notInEu = ", \"regions\": {\"rule\": \"exclude\", \"names\": [\"eu\"]}";

        Reply lease = lease(notInEu);
        assertThat(regions(lease)).containsOnly("us");
        assertThat(regions(renew(lease.text("leaseId")).expect(200))).containsOnly("us");
        assertThat(regions(lease(", \"regions\": {\"rule\": \"include\", \"names\": [\"eu\", \"cn\"]}")))
                .containsOnly("eu");

        api.patch("/v1/apps/demo", "{\"regions\": {\"rule\": \"include\", \"names\": [\"eu\"]}}")
                .expect(200);
        refused(lease(notInEu), 403, ErrorCode.REGION_FORBIDDEN);
        refused(renew(lease.text("leaseId")), 403, ErrorCode.REGION_FORBIDDEN);
    }

    @Test
    void theWantedRegionComesFirst() {
        addRelayInUs();

        assertThat(regions(lease(", \"region\": \"us\"")).getFirst()).isEqualTo("us");
        assertThat(regions(lease(", \"region\": \"eu\"")).getFirst()).isEqualTo("eu");
    }

    @Test
    void theClientsCarrierComesBeforeTheLoadAndTheLighterLoadBeforeTheHeavier() {
        String busy = relayOfCarrier("telecom-busy", "telecom", "203.0.113.21");
        relayOfCarrier("telecom-idle", "telecom", "203.0.113.22");
        relayOfCarrier("mobile-idle", "mobile", "203.0.113.23");
        api.beat(busy, 2, 60, "").expect(200);

        assertThat(relays(lease(", \"carrier\": \"telecom\"")))
                .containsExactly("telecom-idle", "telecom-busy", "eu1", "mobile-idle");
        assertThat(relays(lease(", \"carrier\": \"mobile\"")))
                .containsExactly("mobile-idle", "eu1", "telecom-idle", "telecom-busy");
        assertThat(relays(lease(""))).startsWith("eu1").endsWith("telecom-busy");
        api.patch("/v1/apps/demo", "{\"carriers\": [\"telecom\"]}").expect(200);
        assertThat(relays(lease(""))).containsExactly("telecom-idle", "telecom-busy", "eu1", "mobile-idle");
    }

    /// A relay with a load of 10 %.
    ///
    /// @return its key
    private String relayOfCarrier(String name, String carrier, String address) {
        api.post("/v1/pools/main/addresses", """
            {"cidr": "%s", "ports": "443", "transports": ["udp"], "region": "eu", "carrier": "%s", "purpose": "media",
             "emergency": "a test has no month"}
            """.formatted(address, carrier)).expect(201);
        return api.liveRelay(name, "main", "eu", endpoint(address, 443, "udp"));
    }

    /// In the order of the lease.
    private static List<String> relays(Reply lease) {
        return lease.expect(200)
                .json()
                .get("candidates")
                .valueStream()
                .map(candidate -> candidate.get("relay").asString())
                .distinct()
                .toList();
    }

    @Test
    void onlyTheWantedTransportsCome() {
        assertThat(lease(", \"transports\": [\"tls\"]")
                        .expect(200)
                        .json()
                        .get("candidates")
                        .size())
                .isEqualTo(1);
        refused(lease(", \"transports\": [\"quic\"]"), 503, ErrorCode.NO_RELAY);
    }

    /// As Agora's table has it: a hundred and more UDP ports beside one TCP port.
    @Test
    void theManyPortsOfOneRelayLeaveRoomForItsOthersAndForTheNextRelay() {
        for (int port = 4500; port < 4520; port++) {
            api.post("/v1/pools/main/addresses", """
                {"cidr": "203.0.113.9/32", "ports": "%d", "transports": ["udp"], "region": "eu", "purpose": "media",
                 "emergency": "a test has no month"}
                """.formatted(port)).expect(201);
        }
        List<String> doors = new ArrayList<>(List.of(endpoint("203.0.113.9", 4000, "tcp", "tls")));
        for (int port = 4500; port < 4520; port++) {
            doors.add(endpoint("203.0.113.9", port, "udp"));
        }
        api.post("/v1/pools/main/addresses", """
            {"cidr": "203.0.113.9/32", "ports": "4000", "transports": ["tcp", "tls"], "region": "eu",
             "purpose": "messages", "emergency": "a test has no month"}
            """).expect(201);
        api.liveRelay("eu2", "main", "eu", String.join(", ", doors));

        List<String> candidates = LeaseJson.parseLease(
                        lease("").expect(200).json().toString())
                .candidates()
                .stream()
                .map(candidate -> candidate.relay() + " " + candidate.transport())
                .toList();

        assertThat(candidates).contains("eu1 UDP", "eu1 TLS", "eu2 TCP", "eu2 TLS", "eu2 UDP");
        assertThat(candidates).hasSize(3 + 2 + 6);
    }

    /// Controls remember what leases are decided by; each asks with every lease whether it still holds.
    @Test
    void whatAnOperatorDoesAtOneControlIsSeenByTheNextLeaseAtAnother() {
        Leases other = new Leases(api.store, () -> 0);
        String id = api.get("/v1/relays").json().get("items").get(0).get("id").asString();
        String firstSecret = api.get("/v1/apps/demo/token-secrets")
                .json()
                .get("items")
                .get(0)
                .get("id")
                .asString();
        assertThat(at(other)).isEmpty();

        api.post("/v1/relays/" + id + "/drain").expect(200);
        assertThat(at(other)).contains(ErrorCode.NO_RELAY);
        api.post("/v1/relays/" + id + "/resume").expect(200);
        assertThat(at(other)).isEmpty();

        api.patch("/v1/apps/demo", "{\"regions\": {\"rule\": \"exclude\", \"names\": [\"eu\"]}}")
                .expect(200);
        assertThat(at(other)).contains(ErrorCode.REGION_FORBIDDEN);
        api.patch("/v1/apps/demo", "{\"regions\": {\"rule\": \"exclude\", \"names\": []}}")
                .expect(200);
        assertThat(at(other)).isEmpty();

        api.post("/v1/apps/demo/suspend").expect(200);
        assertThat(at(other)).contains(ErrorCode.NOT_ACTIVATED);
        api.post("/v1/apps/demo/activate").expect(200);
        api.beat(relayKey, 2, 10, "").expect(200);
        assertThat(at(other)).isEmpty();

        api.post("/v1/apps/demo/revocations", "{\"uid\": \"alice\"}").expect(201);
        assertThat(at(other)).contains(ErrorCode.TOKEN_INVALID);
        api.clock.advance(RelayCredential.LONGEST_LIFE.plusSeconds(60));
        api.beat(relayKey, 3, 10, "").expect(200);
        assertThat(at(other)).as("revocations end by themselves").isEmpty();

        api.delete("/v1/apps/demo/token-secrets/" + firstSecret).expect(204);
        assertThat(at(other)).as("a token secret that was removed").contains(ErrorCode.TOKEN_INVALID);
    }

    @Test
    void whileOneLeaseMakesTheNextAllowlistOthersAreToldTheVersionBefore() throws Exception {
        assertThat(lease("").expect(200).json().get("allowlistVersion").asInt()).isEqualTo(1);
        api.post("/v1/pools/main/addresses", """
            {"cidr": "203.0.113.77", "ports": "443", "transports": ["udp"], "region": "eu", "purpose": "next"}\
            """).expect(201);
        CountDownLatch isHeld = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Thread slowDisk = Thread.ofVirtual()
                .start(() -> api.store.change("test", transaction -> {
                    AppId demo = new AppId("demo");
                    transaction
                            .allowlists()
                            .stand(demo, transaction.allowlists().standing(demo).orElseThrow());
                    isHeld.countDown();
                    try {
                        return mayEnd.await(8, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
        isHeld.await();

        List<CompletableFuture<Integer>> leases = Stream.of("one", "other")
                .map(any -> CompletableFuture.supplyAsync(
                        () -> lease("")
                                .expect(200)
                                .json()
                                .get("allowlistVersion")
                                .asInt(),
                        work -> Thread.ofVirtual().start(work)))
                .toList();

        assertThat(CompletableFuture.anyOf(leases.toArray(CompletableFuture[]::new))
                        .get(7, TimeUnit.SECONDS))
                .isEqualTo(1);
        mayEnd.countDown();
        slowDisk.join();
        assertThat(leases).extracting(CompletableFuture::join).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void aRelayThatDrainsOrIsSilentIsNoCandidate() {
        String id = api.get("/v1/relays").json().get("items").get(0).get("id").asString();
        api.post("/v1/relays/" + id + "/drain").expect(200);
        refused(lease(""), 503, ErrorCode.NO_RELAY);
        api.post("/v1/relays/" + id + "/resume").expect(200);
        lease("").expect(200);

        api.clock.advance(Duration.ofSeconds(16));

        refused(lease(""), 503, ErrorCode.NO_RELAY);
    }

    @Test
    void aNewAddressOfAProductionPoolIsAnnouncedBeforeItIsUsed() {
        api.liveRelay("us1", "main", "us", US1);

        assertThat(regions(lease(""))).containsOnly("eu");
        Reply relays = api.get("/v1/relays").expect(200);
        assertThat(relays.json().get("items").values())
                .filteredOn(relay -> relay.has("leasesFrom"))
                .singleElement()
                .satisfies(relay -> {
                    assertThat(relay.get("name").asString()).isEqualTo("us1");
                    assertThat(relay.get("leasesFrom").asString())
                            .isEqualTo(api.clock.now().plus(Duration.ofDays(30)).toString());
                });
    }

    @Test
    void theQuotaIsRefusedTenPercentAboveWhatIsAgreed() {
        api.patch("/v1/apps/demo", "{\"quota\": {\"sessions\": 10}}").expect(200);
        api.beat(relayKey, 2, 10, ApiUnderTest.need("demo", 10)).expect(200);
        lease("").expect(200);
        String lease = lease("").text("leaseId");

        api.beat(relayKey, 3, 10, ApiUnderTest.need("demo", 11)).expect(200);

        refused(lease(""), 429, ErrorCode.QUOTA_EXCEEDED);
        JsonNode stays = renew(lease).expect(200).json(); // whoever is in stays in, and hears of it
        assertThat(stays.get("warnings").get(0).asInt()).isEqualTo(ErrorCode.QUOTA_OVERAGE.number());
    }

    @Test
    void anSdkThatIsTooOldIsTold() {
        api.patch("/v1/apps/demo", "{\"sdkMinimumVersion\": \"1.10.0\"}").expect(200);

        refused(lease(", \"sdk\": {\"name\": \"java\", \"version\": \"1.9.9\"}"), 403, ErrorCode.SDK_TOO_OLD);
        lease(", \"sdk\": {\"name\": \"java\", \"version\": \"1.10\"}").expect(200);
    }

    @Test
    void anAppOnTrialIsLedToTrialPoolsOnly() {
        api.post("/v1/apps", "{\"id\": \"new\", \"contact\": \"x\", \"pools\": [\"main\"]}")
                .expect(201);
        String newSecret = api.post("/v1/apps/new/token-secrets").text("secret");
        String bearer = token("new", "alice", newSecret, api.clock.now().plusSeconds(60));
        refused(lease(bearer, "{\"uid\": \"alice\"}"), 403, ErrorCode.NOT_ACTIVATED);
        api.post("/v1/apps/new/trial").expect(200);
        refused(lease(bearer, "{\"uid\": \"alice\"}"), 503, ErrorCode.NO_RELAY);
        api.ensurePool("try", "trial");
        api.liveRelay("try1", "try", "eu", endpoint("203.0.113.9", 443, "udp"));

        Reply lease = lease(bearer, "{\"uid\": \"alice\"}").expect(200);

        assertThat(lease.json().get("candidates").get(0).get("relay").asString())
                .isEqualTo("try1");
    }

    @Test
    void thePolicyIsToldWithoutATokenAndTellsNoApp() {
        api.patch(
                        "/v1/apps/demo",
                        "{\"policy\": {\"mode\": \"SMART\", \"probeTimeoutMillis\": 700, \"cellularStaysDirect\":"
                                + " false}}")
                .expect(200);

        assertThat(api.send("GET", "/v1/policy?appId=demo", "", "")
                        .expect(200)
                        .json()
                        .toString())
                .isEqualTo("{\"mode\":\"SMART\",\"probeTimeoutMillis\":700,\"cellularStaysDirect\":false}");
        assertThat(api.send("GET", "/v1/policy?appId=nobody", "", "")
                        .expect(200)
                        .text("mode"))
                .isEqualTo("STANDARD");
    }

    /// A second relay, in another region: its address is new to a production pool and waits for 30 days, which go
    /// by.
    private void addRelayInUs() {
        String key = api.liveRelay("us1", "main", "us", US1);
        api.clock.advance(Duration.ofDays(30));
        api.beat(relayKey, 2, 10, "").expect(200);
        api.beat(key, 2, 10, "").expect(200);
    }

    private Reply renew(String lease) {
        return api.send("POST", "/v1/leases/" + lease + "/renew", "", "");
    }

    /// @param more of the body, with a comma before
    private Reply lease(String more) {
        return lease(
                token("demo", "alice", secret, api.clock.now().plusSeconds(60)), "{\"uid\": \"alice\"" + more + "}");
    }

    private Reply lease(String bearer, String body) {
        return api.send("POST", "/v1/leases", bearer, body);
    }

    /// Why alice gets no lease there; empty: she does.
    private Optional<ErrorCode> at(Leases control) {
        LeaseAnswer answer = control.issue(
                LeaseJson.readRequest(JsonMapper.builder().build().readTree("{\"uid\": \"alice\"}")),
                new Proof.Token(
                        Secret.of(token("demo", "alice", secret, api.clock.now().plusSeconds(60))), Optional.empty()));
        return answer instanceof LeaseAnswer.Refused refused ? Optional.of(refused.code()) : Optional.empty();
    }

    private static List<String> regions(Reply lease) {
        return lease.expect(200)
                .json()
                .get("candidates")
                .valueStream()
                .map(candidate -> candidate.get("region").asString())
                .toList();
    }

    private static void refused(Reply reply, int status, ErrorCode code) {
        reply.expect(status);
        assertThat(ErrorCode.of(reply.json().get("code").asInt())).contains(code);
        assertThat(reply.text("mend")).isNotBlank();
    }
}
