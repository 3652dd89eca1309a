package io.callgate.control.rest;

import static io.callgate.control.rest.ApiUnderTest.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.rest.ApiUnderTest.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An owner of two apps and every operation of the contract: another app is to it as one that does not exist.
class OwnerTest {
    /// All that is told of the other app begins so.
    private static final String THEIRS = "theirs";

    private final ApiUnderTest api = new ApiUnderTest();
    private String token = "";
    private String session = "";
    private String secret = "";

    @BeforeEach
    void makeFourAppsOfWhichAnOwnerHasTwo() {
        for (String app : List.of("mine", "also-mine", "theirs-too")) {
            api.activeApp(app, "");
        }
        api.activeApp(THEIRS, ", \"carriers\": [\"theirs-carrier\"]");
        String relay = api.liveRelay("r1", "main", "eu", endpoint("203.0.113.1", 443, "udp"));
        api.send("POST", "/link/heartbeat", relay, """
            {"epoch": "run", "sequence": 9, "loadPercent": 1, "stateVersion": 1,
             "apps": [%s, %s],
             "usage": [{"epoch": "run", "hour": "2026-11-22T12:00:00Z", "app": "theirs", "ingress": "turn_udp",
               "bytesToPeer": 77777, "bytesToClient": 1, "sessions": 1, "sessionSeconds": 1}],
             "sessions": {"after": 0, "upTo": 1, "live": [{"number": 1, "app": "theirs", "subject": "theirs-user",
               "ingresses": ["turn_udp"], "client": "192.0.2.0/24", "began": "2026-11-22T12:00:00Z",
               "bytesToPeer": 1, "bytesToClient": 1}]}}\
            """.formatted(
                                ApiUnderTest.need("mine", 1), ApiUnderTest.need(THEIRS, 1)))
                .expect(200);
        session = api.get("/v1/sessions?appId=theirs").json().at("/items/0/id").asString();
        secret = api.get("/v1/apps/theirs/token-secrets")
                .json()
                .at("/items/0/id")
                .asString();
        token = api.post("/v1/operator-tokens", """
            {"name": "olive", "role": "app-owner", "apps": ["mine", "also-mine"]}\
            """).expect(201).text("token");
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void everyOperationTellsAnOwnerOfTheOtherAppAsOfNone() {
        String before = api.dump();
        List<String> told = new ArrayList<>();
        int asked = 0;
        for (Operation operation : api.contract.operations()) {
            if (operation.proof() != Operation.Proof.OPERATOR) {
                continue; // of relays, or for who has a token of an app
            }
            boolean namesAnApp = operation.path().contains("{appId}");
            Reply reply = ask(operation, THEIRS, session, secret);
            asked++;
            if (namesAnApp || operation.path().contains("{sessionId}")) {
                Reply none = ask(operation, "nobody", new UUID(0, 9).toString(), secret);
                assertThat(reply.status()).as(operation.toString()).isIn(403, 404);
                assertThat(reply.json()
                                .toString()
                                .replace(THEIRS, "nobody")
                                .replace(session, new UUID(0, 9).toString()))
                        .as(operation.toString())
                        .isEqualTo(none.json().toString());
            } else if (reply.json().toString().contains(THEIRS)) {
                told.add(operation + ": " + reply.json());
            } else if (!operation.changesNothing()) {
                assertThat(reply.status()).as(operation.toString()).isEqualTo(403);
            }
        }

        assertThat(told).isEmpty();
        assertThat(asked).isGreaterThan(50);
        assertThat(api.dump()).isEqualTo(before);
        for (String query : List.of("/v1/sessions?appId=theirs", "/v1/sessions?limit=1", "/v1/apps?after=mine")) {
            assertThat(api.send("GET", query, token, "").json().toString().replace("app theirs", ""))
                    .as(query)
                    .doesNotContain(THEIRS);
        }
        for (String own : List.of("mine", "also-mine")) {
            assertThat(api.send("GET", "/v1/apps/" + own, token, "").expect(200).text("id"))
                    .isEqualTo(own);
        }
        assertThat(apps("")).containsExactly("also-mine", "mine");
        assertThat(apps("?limit=1")).containsExactly("also-mine");
        assertThat(apps("?after=also-mine")).containsExactly("mine");
    }

    private List<String> apps(String query) {
        return api.send("GET", "/v1/apps" + query, token, "")
                .expect(200)
                .json()
                .get("items")
                .valueStream()
                .map(app -> app.get("id").asString())
                .toList();
    }

    private Reply ask(Operation operation, String app, String sessionId, String secretId) {
        String path = operation
                .path()
                .replace("{appId}", app)
                .replace("{sessionId}", sessionId)
                .replace("{secretId}", secretId)
                .replaceAll("\\{(poolId|userName)}", "main")
                .replaceAll("\\{\\w+}", new UUID(0, 7).toString());
        for (Map.Entry<String, Operation.Parameter> parameter :
                operation.parameters().entrySet()) {
            if (parameter.getValue().required() && !parameter.getValue().inPath()) {
                path += "?" + parameter.getKey() + "=1";
            }
        }
        String body = operation.body().isPresent()
                ? HostileRequestsTest.sample(operation).minimal().replace('\'', '"')
                : "";
        return api.send(operation.method(), path, token, body);
    }
}
