package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.Control;
import io.callgate.control.ControlOptions;
import io.callgate.control.store.StoreOptions;
import io.callgate.model.Secret;
import io.callgate.testkit.FakeClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// A control whose clock stands, and relays that are played: they tell by the link what a test wants seen.
final class ConsoleFleet implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int CHANGES_A_BEAT = 500;

    final FakeClock clock = new FakeClock();
    final Control control;
    final String firstPassword;

    private final String operatorToken;
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<PlayedRelay> relays = new ArrayList<>();

    ConsoleFleet() {
        control = Control.start(ControlOptions.onLoopback(
                StoreOptions.inMemory(
                        "console-" + UUID.randomUUID(), Secret.of("0123456789abcdef0123456789abcdef"), clock),
                0));
        firstPassword = control.ensureConsoleUser().orElseThrow().reveal();
        operatorToken = control.issueOperatorToken("test").reveal();
        api("POST", "/v1/pools", "{\"id\": \"main\", \"kind\": \"production\"}");
    }

    /// Of the console.
    String origin() {
        return "http://127.0.0.1:" + control.consolePort();
    }

    String apiOrigin() {
        return "http://127.0.0.1:" + control.port();
    }

    JsonNode api(String method, String path, String body) {
        return send(method, path, operatorToken, body);
    }

    /// An active app in pool `main`.
    void app(String id, String contact, int sessions) {
        api("POST", "/v1/apps", """
            {"id": "%s", "contact": "%s", "pools": ["main"], "quota": {"sessions": %d},
             "destinations": [{"cidr": "198.51.100.0/24"}, {"host": "sfu.example.com", "ports": ["443"]}]}\
            """.formatted(id, contact, sessions));
        api("POST", "/v1/apps/" + id + "/activate", "");
        api("POST", "/v1/apps/" + id + "/token-secrets", "");
    }

    /// A user of the console that has these apps and no others.
    void owner(String name, String... apps) {
        api("POST", "/v1/console-users", """
            {"name": "%s", "role": "app-owner", "apps": ["%s"]}\
            """.formatted(name, String.join("\", \"", apps)));
    }

    PlayedRelay relay(String name, String region, String address, String software) {
        String token = api("POST", "/v1/join-tokens", "{\"pool\": \"main\", \"region\": \"" + region + "\"}")
                .get("joinToken")
                .asString();
        String key = send("POST", "/link/join", "", """
            {"joinToken": "%s", "name": "%s", "endpoints": [{"address": "%s", "port": 443, "transports": ["udp", "tcp"]}]}\
            """.formatted(token, name, address))
                .get("relayKey")
                .asString();
        PlayedRelay relay = new PlayedRelay(key, software);
        relays.add(relay);
        return relay;
    }

    /// Somebody without a token asks for a lease.
    void refusedLease() {
        HttpResponse<String> answer = exchange("POST", "/v1/leases", "", "{\"uid\": \"mallory\"}");
        assertThat(answer.statusCode()).isEqualTo(401);
    }

    /// Every relay tells again what it told, five seconds later.
    void beat() {
        clock.advance(Duration.ofSeconds(5));
        relays.forEach(PlayedRelay::beat);
    }

    @Override
    public void close() {
        client.close();
        control.close();
    }

    /// One relay as control sees it.
    final class PlayedRelay {
        private final String key;
        private final String software;
        private int sequence;
        private int changes;
        private String apps = "";

        private PlayedRelay(String key, String software) {
            this.key = key;
            this.software = software;
        }

        /// From now on it tells that an app has so much.
        PlayedRelay carries(String app, long sessions, long kbitPerSecond) {
            apps = """
                {"app": "%s", "sessions": %d, "peakSessions": %d, "wantedSessions": %d, "kbitPerSecond": %d,
                 "wantedKbitPerSecond": %d, "ingresses": [{"ingress": "turn_udp", "sessions": %d, "peakSessions": %d}]}\
                """.formatted(app, sessions, sessions, sessions, kbitPerSecond, kbitPerSecond, sessions, sessions);
            return beat();
        }

        PlayedRelay beat() {
            return beat("");
        }

        /// @param more members of the heartbeat, each with a comma before it
        PlayedRelay beat(String more) {
            send("POST", "/link/heartbeat", key, """
                {"epoch": "run", "sequence": %d, "loadPercent": 37, "stateVersion": 1000000, "software": "%s",
                 "refusals": [{"reason": "no_credential", "count": 412}, {"reason": "destination_not_allowed", "count": 7},
                   {"reason": "late_media", "count": 3}], "apps": [%s]%s}\
                """.formatted(++sequence, software, apps, more));
            return this;
        }

        /// Tells of users of an app, numbered.
        void hasSessions(String app, int count) {
            for (int told = 0; told < count; told += CHANGES_A_BEAT) {
                StringBuilder live = new StringBuilder();
                int until = Math.min(count, told + CHANGES_A_BEAT);
                for (int i = told + 1; i <= until; i++) {
                    live.append(live.isEmpty() ? "" : ",")
                            .append("""
                                {"number": %d, "app": "%s", "subject": "user-%d", "ingresses": ["turn_udp"],
                                 "client": "203.0.113.0/24", "began": "2026-11-22T11:%02d:00Z", "bytesToPeer": %d,
                                 "bytesToClient": %d}\
                                """.formatted(changes + i - told, app, i, i % 60, i * 70_000L, i * 110_000L));
                }
                int after = changes;
                changes += until - told;
                beat(", \"sessions\": {\"after\": " + after + ", \"upTo\": " + changes + ", \"live\": [" + live + "]}");
            }
        }

        /// Tells what an app used in one hour.
        void used(String app, String hour, long megabytes, long minutes) {
            beat(", \"usage\": ["
                    + """
                    {"epoch": "run", "hour": "%s", "app": "%s", "ingress": "turn_udp", "bytesToPeer": %d,
                     "bytesToClient": %d, "sessions": %d, "sessionSeconds": %d}]\
                    """.formatted(hour, app, megabytes * 400_000, megabytes * 600_000, minutes / 9, minutes * 60));
        }
    }

    private JsonNode send(String method, String path, String token, String body) {
        HttpResponse<String> response = exchange(method, path, token, body);
        assertThat(response.statusCode())
                .as("%s %s: %s", method, path, response.body())
                .isLessThan(300);
        return response.body().isEmpty() ? MissingNode.getInstance() : MAPPER.readTree(response.body());
    }

    private HttpResponse<String> exchange(String method, String path, String token, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(apiOrigin() + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        if (!body.isEmpty()) request.header("Content-Type", "application/json");
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
