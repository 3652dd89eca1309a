package io.callgate.control.rest;

import static io.callgate.control.rest.ApiUnderTest.endpoint;
import static io.callgate.control.rest.ApiUnderTest.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.rest.ApiUnderTest.Reply;
import io.callgate.control.rest.Mutants.Mutant;
import io.callgate.control.rest.Operation.Proof;
import io.callgate.model.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Every operation of the contract against what it must not take: a problem that says how to mend it, and nothing
/// changed.
class HostileRequestsTest {
    /// Escapes what UTF-8 cannot carry, such as half of a surrogate pair.
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final ApiUnderTest API = new ApiUnderTest();

    /// What each operation takes: all members that it requires, and all that it knows.
    private static final Map<String, Sample> SAMPLES = Map.ofEntries(
            sample("issueLease", "{'uid': 'alice'}", """
                {'uid': 'alice', 'region': 'eu', 'carrier': 'telecom', 'network': 'wifi', 'transports': ['udp'],
                 'sdk': {'name': 'java', 'version': '1.2.3'}, 'allowlistVersion': 1}\
                """),
            sample("createApp", "{'id': 'fresh', 'contact': 'eve'}", """
                {'id': 'fresh', 'contact': 'eve', 'quota': {'sessions': 5, 'kbitPerSecond': 1, 'allocationsPerSubject': 2},
                 'regions': {'rule': 'include', 'names': ['eu']}, 'carriers': ['telecom'], 'pools': ['main'],
                 'entry': {'domain': 'a.example', 'ips': ['203.0.113.1'], 'port': 443},
                 'policy': {'mode': 'SMART', 'probeTimeoutMillis': 500, 'cellularStaysDirect': true},
                 'destinations': [{'cidr': '198.51.100.0/24', 'ports': ['443'], 'protocols': ['udp']}],
                 'clients': ['203.0.113.0/24'], 'sdkMinimumVersion': '1.2.3', 'leaseSeconds': 60}\
                """),
            sample("changeApp", "{'contact': 'eve'}", """
                {'contact': 'eve', 'quota': {'sessions': 5, 'kbitPerSecond': 1, 'allocationsPerSubject': 2},
                 'regions': {'rule': 'exclude', 'names': ['eu']}, 'carriers': ['telecom'], 'pools': ['main'],
                 'policy': {'mode': 'SMART', 'probeTimeoutMillis': 500, 'cellularStaysDirect': true},
                 'destinations': [{'host': 'sfu.example', 'ports': ['443'], 'protocols': ['udp']}],
                 'clients': ['203.0.113.0/24'], 'leaseSeconds': 60}\
                """),
            sample("mintToken", "{'uid': 'alice'}", "{'uid': 'alice', 'lifeSeconds': 60}"),
            sample("mintCredential", "{'subject': 'alice'}", "{'subject': 'alice', 'pool': 'main', 'lifeSeconds': 60}"),
            sample("revoke", "{'uid': 'mallory'}", "{'uid': 'mallory'}"),
            sample("eraseSubject", "{'uid': 'mallory'}", "{'uid': 'mallory'}"),
            sample("changeRetention", "{'usageDays': 30}", "{'usageDays': 30, 'sitesDays': 30, 'auditDays': 30}"),
            sample(
                    "createPool",
                    "{'id': 'fresh', 'kind': 'trial'}",
                    "{'id': 'fresh', 'kind': 'trial', 'owner': 'demo', 'noticeDays': 60}"),
            sample("changePool", "{'noticeDays': 60}", "{'noticeDays': 30}"),
            sample("withdrawAddress", "{}", "{'validUntil': '2027-11-22T12:00:00Z', 'emergency': 'flood'}"),
            sample("addAddress", """
                {'cidr': '203.0.113.5', 'ports': '443', 'transports': ['udp'], 'region': 'eu', 'purpose': 'media'}\
                """, """
                {'cidr': '203.0.113.5', 'ports': '443-445', 'transports': ['udp'], 'region': 'eu', 'purpose': 'media',
                 'carrier': 'telecom', 'domain': 'a.example', 'validFrom': '2026-11-22T12:00:00Z',
                 'validUntil': '2027-11-22T12:00:00Z', 'emergency': 'flood'}\
                """),
            sample("createJoinToken", "{'pool': 'main', 'region': 'eu'}", """
                {'pool': 'main', 'region': 'eu', 'carrier': 'telecom', 'lifeSeconds': 60}\
                """),
            sample("moveRelay", "{'pool': 'second'}", "{'pool': 'second', 'emergency': 'flood'}"),
            sample("createOperatorToken", "{'name': 'eve', 'role': 'viewer'}", "{'name': 'eve', 'role': 'viewer'}"),
            sample(
                    "createConsoleUser",
                    "{'name': 'pam', 'role': 'viewer'}",
                    "{'name': 'pam', 'role': 'app-owner', 'apps': ['demo']}"),
            sample("changeConsoleUser", "{'apps': ['demo']}", "{'apps': ['demo', 'stranger']}"),
            sample("joinFleet", """
                {'joinToken': 'JOIN', 'name': 'r2',
                 'endpoints': [{'address': '203.0.113.8', 'port': 443, 'transports': ['udp']}]}\
                """, """
                {'joinToken': 'JOIN', 'name': 'r2', 'software': '0.1', 'endpoints': [
                  {'address': '203.0.113.8', 'port': 443, 'transports': ['tls'], 'serverName': 'a.example',
                   'spki': 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='}]}\
                """),
            sample("heartbeat", "{'epoch': 'e', 'sequence': 5, 'loadPercent': 1, 'stateVersion': 1}", """
                {'epoch': 'e', 'sequence': 6, 'loadPercent': 1, 'stateVersion': 1, 'draining': true, 'software': '0.1',
                 'refusal': 'no',
                 'endpoints': [{'address': '203.0.113.1', 'port': 443, 'transports': ['udp'], 'serverName': 'r1.example',
                   'spki': '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='}],
                 'apps': [{'app': 'demo', 'sessions': 1, 'peakSessions': 1, 'wantedSessions': 1, 'kbitPerSecond': 1,
                   'wantedKbitPerSecond': 1, 'ingresses': [{'ingress': 'turn_udp', 'sessions': 1, 'peakSessions': 1}]}],
                 'refusals': [{'reason': 'over_rate', 'count': 7}],
                 'usage': [{'epoch': 'd', 'hour': '2026-11-22T12:00:00Z', 'app': 'demo', 'ingress': 'turn_udp',
                   'bytesToPeer': 1, 'bytesToClient': 1, 'sessions': 1, 'sessionSeconds': 1}],
                 'sessions': {'after': 0, 'upTo': 1, 'live': [{'number': 1, 'app': 'demo', 'subject': 'eve',
                   'ingresses': ['turn_udp'], 'client': '192.0.2.0/24', 'began': '2026-11-22T12:00:00Z',
                   'credentialExpiresAt': '2026-11-22T13:00:00Z', 'bytesToPeer': 1, 'bytesToClient': 1}],
                   'ended': [2]}}\
                """),
            sample("awaitState", "{'version': 0}", "{'version': 0, 'waitSeconds': 0}"));

    private static String relayKey = "";
    private static String relayId = "";
    private static String secretId = "";
    private static String leaseId = "";
    private static String joinToken = "";
    private static String appToken = "";
    private static String secret = "";

    /// JSON in single quotes.
    record Sample(String minimal, String full) {}

    @BeforeAll
    static void makeAWorld() {
        secret = API.activeApp("demo", "");
        API.activeApp("stranger", "");
        API.ensurePool("second", "production");
        relayKey = API.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        relayId = API.get("/v1/relays").json().get("items").get(0).get("id").asString();
        secretId = API.get("/v1/apps/demo/token-secrets")
                .json()
                .get("items")
                .get(0)
                .get("id")
                .asString();
        appToken = token("demo", "alice", secret, API.clock.now().plus(Duration.ofHours(1)));
        leaseId =
                API.send("POST", "/v1/leases", appToken, "{\"uid\": \"alice\"}").text("leaseId");
        joinToken = API.post("/v1/join-tokens", "{\"pool\": \"main\", \"region\": \"eu\"}")
                .text("joinToken");
    }

    @AfterAll
    static void close() {
        API.close();
    }

    static List<Operation> operations() {
        return API.contract.operations();
    }

    static List<Operation> operationsWithBody() {
        return operations().stream()
                .filter(operation -> operation.body().isPresent())
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operationsWithBody")
    void takesNoBodyThatIsWrongInOnePlace(Operation operation) {
        String before = API.dump();
        List<Mutant> mutants =
                new ArrayList<>(Mutants.withoutOne(json(sample(operation).minimal())));
        mutants.addAll(Mutants.ofValues(json(sample(operation).full())));

        for (Mutant mutant : mutants) {
            String what = operation.id() + " " + mutant.pointer() + " " + mutant.what();
            Reply reply = send(operation, MAPPER.writeValueAsString(mutant.document()));
            assertProblem(reply, what);
            if (reply.status() == 400) {
                String place = mutant.document().isEmpty() ? "" : mutant.pointer();
                assertThat(reply.json().at("/errors/0/field").asString())
                        .as(what)
                        .startsWith(place);
                assertThat(reply.json().at("/errors/0/mend").asString())
                        .as(what)
                        .isNotBlank();
            }
        }

        assertThat(mutants).hasSizeGreaterThan(5);
        assertThat(API.dump()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operationsWithBody")
    void takesNoBodyThatIsNoJsonObject(Operation operation) {
        String before = API.dump();
        String right = json(sample(operation).minimal()).toString();

        for (String text : List.of(
                "",
                " ",
                "[]",
                "null",
                "7",
                "\"text\"",
                "{",
                "{}}",
                right + "{}",
                "{'uid': 1}",
                right.replaceFirst("\\{(\"[A-Za-z]+\"):", "{$1:1,$1:"),
                "[".repeat(2000))) {
            assertProblem(send(operation, text), operation.id() + " with " + text);
        }
        for (byte[] odd : List.of(
                new byte[] {(byte) 0xC0, (byte) 0x80}, // an overlong NUL
                new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, // half of a surrogate pair
                new byte[] {(byte) 0xF5, (byte) 0x80, (byte) 0x80, (byte) 0x80}, // above U+10FFFF
                new byte[] {(byte) 0xE2, (byte) 0x82})) { // cut short
            byte[] body = (right.substring(0, right.indexOf(':') + 1) + "\"#\"}").getBytes(StandardCharsets.UTF_8);
            byte[] whole = new byte[body.length - 1 + odd.length];
            int place = body.length - 3;
            System.arraycopy(body, 0, whole, 0, place);
            System.arraycopy(odd, 0, whole, place, odd.length);
            System.arraycopy(body, place + 1, whole, place + odd.length, 2);
            Reply reply = API.send(operation.method(), path(operation), bearer(operation), whole, "application/json");
            assertProblem(reply, operation.id() + " with bytes that are not UTF-8");
            assertThat(reply.text("detail")).isEqualTo("the body is not UTF-8");
        }
        for (String type : List.of("", "text/plain", "application/x-www-form-urlencoded")) {
            byte[] body = right.getBytes(StandardCharsets.UTF_8);
            API.send(operation.method(), path(operation), bearer(operation), body, type)
                    .expect(415);
        }

        assertThat(API.dump()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void takesNoBodyOfTenMegabytes(Operation operation) {
        if (operation.method().equals("GET")) {
            return; // nothing sends a body with it
        }
        String before = API.dump();

        Reply reply = send(operation, "{\"uid\": \"" + "x".repeat(10_000_000) + "\"}");

        reply.expect(413);
        assertThat(API.dump()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void letsNobodyInWithoutTheRightToken(Operation operation) {
        if (operation.proof() == Proof.NONE) {
            return;
        }
        String before = API.dump();
        String right = bearer(operation);
        String wrongKind = operation.proof() == Proof.OPERATOR ? relayKey : API.operatorToken;

        List<String> wrong = List.of(
                "",
                "x",
                right + "x",
                right.substring(0, right.length() - 1) + (right.endsWith("A") ? "E" : "A"),
                right.replaceFirst(
                        "_[0-9a-f]{32}_", "_" + UUID.randomUUID().toString().replace("-", "") + "_"),
                wrongKind,
                appToken,
                leaseId);
        for (String token : wrong) {
            API.send(operation.method(), path(operation), token, "").expect(401);
        }
        if (operation.proof() == Proof.OPERATOR && !operation.method().equals("GET")) {
            API.send(operation.method(), path(operation), API.viewerToken, "").expect(403);
        }

        assertThat(API.dump()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void takesNoPathOrQueryThatIsOdd(Operation operation) {
        String before = API.dump();
        String body =
                operation.body().isPresent() ? json(sample(operation).minimal()).toString() : "";
        List<String> paths = new ArrayList<>(List.of(
                path(operation) + "?unknown=1",
                path(operation) + "?limit=1&limit=2",
                path(operation) + "/",
                path(operation) + "/more"));
        operation.parameters().forEach((name, parameter) -> {
            if (parameter.inPath()) {
                for (String odd : List.of(
                        "nobody",
                        "%00",
                        "%FF",
                        "%C0%80",
                        "..%2F",
                        "a%0Ab",
                        "x".repeat(2000),
                        UUID.randomUUID().toString())) {
                    paths.add(operation.path().replace("{" + name + "}", odd));
                }
            } else {
                for (String odd : List.of("", "%00", "%FF", "-1", "0", "501", "1e3", "x".repeat(2000), "a'b")) {
                    paths.add(path(operation) + "?" + name + "=" + odd);
                }
            }
        });

        for (String path : paths) {
            String whole = fill(path);
            if (whole.matches(".*[?](after|appId|target)=(-1|0|501|1e3)?")) {
                continue; // a name may look so
            }
            assertProblem(
                    API.sendRaw(operation.method(), whole, bearer(operation), body), operation.id() + " " + whole);
        }

        assertThat(API.dump()).isEqualTo(before);
    }

    @Test
    void whatBelongsToAnotherAppIsNotFound() {
        String before = API.dump();

        for (Operation operation : operations()) {
            if (operation.path().contains("{appId}") && operation.path().contains("{secretId}")) {
                String path = fill(operation.path().replace("{appId}", "stranger"));
                assertProblem(API.send(operation.method(), path, API.operatorToken, ""), operation.id());
            }
        }
        String ofDemo = "{\"uid\": \"alice\", \"appId\": \"stranger\"}";
        assertProblem(API.send("POST", "/v1/leases", appToken, ofDemo), "a token of demo, for another app");

        assertThat(API.dump()).isEqualTo(before);
    }

    @Test
    void whatHasExpiredOpensNothing() {
        String late = token("demo", "alice", secret, API.clock.now().minus(Duration.ofMinutes(10)));
        String before = API.dump();

        Reply reply =
                API.send("POST", "/v1/leases", late, "{\"uid\": \"alice\"}").expect(401);

        assertThat(reply.json().get("code").asInt()).isEqualTo(ErrorCode.TOKEN_EXPIRED.number());
        assertThat(reply.text("mend")).isNotBlank();
        assertThat(API.dump()).isEqualTo(before);
    }

    @Test
    void whatIsMeantToPassPasses() {
        for (String id : List.of(
                "issueLease",
                "awaitState",
                "heartbeat",
                "createApp",
                "changeApp",
                "createPool",
                "changePool",
                "addAddress",
                "createJoinToken",
                "createOperatorToken",
                "createConsoleUser",
                "joinFleet",
                "moveRelay",
                "revoke")) {
            Operation operation = API.operation(id);
            for (String sample :
                    List.of(sample(operation).full(), sample(operation).minimal())) {
                Reply reply = send(operation, json(sample).toString());
                boolean isSecond = reply.status() == 409 || (id.equals("joinFleet") && reply.status() == 401);
                assertThat(reply.status() < 300
                                || (sample.equals(sample(operation).minimal()) && isSecond))
                        .as("%s answers %s", id, reply.json())
                        .isTrue();
            }
        }
        assertThat(SAMPLES.keySet())
                .isEqualTo(operationsWithBody().stream().map(Operation::id).collect(Collectors.toSet()));
    }

    @Test
    void whatNoOperationDoesIsRefusedInTheSameForm() {
        assertProblem(API.sendRaw("GET", "/", "", ""), "the root");
        assertProblem(API.sendRaw("GET", "/v1", API.operatorToken, ""), "no operation");
        assertThat(API.sendRaw("DELETE", "/v1/apps", API.operatorToken, "").status())
                .isEqualTo(405);
        assertThat(API.sendRaw("PUT", "/v1/apps/demo", API.operatorToken, "").status())
                .isEqualTo(405);
        Reply reply = API.sendRaw("GET", "/v1/apps", "x".repeat(40_000), "");
        assertThat(reply.status()).isEqualTo(431);
        assertThat(reply.text("mend")).isNotBlank();
    }

    private static Map.Entry<String, Sample> sample(String operation, String minimal, String full) {
        return Map.entry(operation, new Sample(minimal, full));
    }

    static Sample sample(Operation operation) {
        Sample sample = SAMPLES.get(operation.id());
        if (sample == null) {
            throw new IllegalStateException("no sample for " + operation.id());
        }
        return sample;
    }

    private static ObjectNode json(String singleQuoted) {
        return (ObjectNode) MAPPER.readTree(singleQuoted.replace('\'', '"').replace("JOIN", joinToken));
    }

    private static Reply send(Operation operation, String body) {
        return API.send(operation.method(), path(operation), bearer(operation), body);
    }

    private static String bearer(Operation operation) {
        return switch (operation.proof()) {
            case OPERATOR -> API.operatorToken;
            case RELAY -> relayKey;
            case NONE -> operation.id().equals("issueLease") ? appToken : "";
        };
    }

    private static String path(Operation operation) {
        return fill(operation.path());
    }

    private static String fill(String path) {
        return path.replace("{appId}", "demo")
                .replace("{poolId}", "main")
                .replace("{relayId}", relayId)
                .replace("{secretId}", secretId)
                .replace("{leaseId}", leaseId)
                .replace("{sessionId}", new UUID(0, 0).toString())
                .replace("{addressId}", new UUID(0, 0).toString())
                .replace("{userName}", "nobody")
                .replace("{tokenId}", new UUID(0, 0).toString());
    }

    private static void assertProblem(Reply reply, String what) {
        assertThat(reply.status()).as("%s: %s", what, reply.json()).isBetween(400, 499);
        assertThat(reply.text("mend")).as("%s: %s", what, reply.json()).isNotBlank();
        JsonNode text = reply.json();
        assertThat(text.toString()).as(what).doesNotContain(joinToken, appToken, relayKey, API.operatorToken);
    }
}
