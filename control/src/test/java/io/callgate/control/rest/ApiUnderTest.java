package io.callgate.control.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.callgate.control.store.Operator;
import io.callgate.control.store.Store;
import io.callgate.control.store.StoreOptions;
import io.callgate.model.Secret;
import io.callgate.testkit.FakeClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// The API on H2 in memory, and a client that holds every answer against the contract.
final class ApiUnderTest implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /// What came back.
    record Reply(int status, JsonNode json, HttpResponse<String> response) {
        String text(String name) {
            return json.path(name).asString("");
        }

        /// Fails unless it has this status.
        Reply expect(int wanted) {
            assertThat(status).as("status of %s", json).isEqualTo(wanted);
            return this;
        }
    }

    final FakeClock clock = new FakeClock();
    final StoreOptions options =
            StoreOptions.inMemory("api-" + UUID.randomUUID(), Secret.of("0123456789abcdef0123456789abcdef"), clock);
    final Store store;
    final Contract contract = Contract.load();
    final String operatorToken;
    final String viewerToken;

    private final Service service;
    private final HttpApi http;
    private final HttpClient client = HttpClient.newHttpClient();

    ApiUnderTest() {
        store = Store.open(options);
        service = new Service(store);
        http = HttpApi.start(HttpPlace.onLoopback(0), Optional.empty(), CompletableFuture.completedFuture(service));
        operatorToken = store.change(
                "test",
                transaction -> transaction
                        .operatorTokens()
                        .create("test", Operator.Role.OPERATOR)
                        .reveal());
        viewerToken = store.change(
                "test",
                transaction -> transaction
                        .operatorTokens()
                        .create("onlooker", Operator.Role.VIEWER)
                        .reveal());
    }

    Reply get(String path) {
        return send("GET", path, operatorToken, "");
    }

    Reply post(String path, String body) {
        return send("POST", path, operatorToken, body);
    }

    Reply post(String path) {
        return post(path, "");
    }

    Reply patch(String path, String body) {
        return send("PATCH", path, operatorToken, body);
    }

    Reply delete(String path) {
        return send("DELETE", path, operatorToken, "");
    }

    /// @param token empty: none
    Reply send(String method, String path, String token, String body) {
        return send(method, path, token, body.getBytes(StandardCharsets.UTF_8), "application/json");
    }

    Reply send(String method, String path, String token, byte[] body, String contentType) {
        Reply reply = exchange(method, path, token, body, contentType);
        checkByContract(method, path, reply);
        return reply;
    }

    /// A request that need not be one of the contract.
    Reply sendRaw(String method, String path, String token, String body) {
        return exchange(method, path, token, body.getBytes(StandardCharsets.UTF_8), "application/json");
    }

    /// All rows of all tables.
    String dump() {
        try (Connection connection = DriverManager.getConnection(
                        options.jdbcUrl(), options.user().orElse(""), "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("script nopasswords nosettings")) {
            StringBuilder script = new StringBuilder();
            while (rows.next()) {
                script.append(rows.getString(1)).append('\n');
            }
            return script.toString();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Reply exchange(String method, String path, String token, byte[] body, String contentType) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (body.length > 0 && !contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            JsonNode json = response.body().isEmpty() ? MissingNode.getInstance() : MAPPER.readTree(response.body());
            return new Reply(response.statusCode(), json, response);
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + http.address().getPort() + path);
    }

    Operation operation(String id) {
        return contract.operations().stream()
                .filter(operation -> operation.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /// An active app in pool `main` with a token secret.
    ///
    /// @return the secret
    String activeApp(String id, String settings) {
        ensurePool("main", "production");
        post("/v1/apps", "{\"id\": \"" + id + "\", \"contact\": \"eve\", \"pools\": [\"main\"]" + settings + "}")
                .expect(201);
        post("/v1/apps/" + id + "/activate").expect(200);
        return post("/v1/apps/" + id + "/token-secrets").expect(201).text("secret");
    }

    void ensurePool(String id, String kind) {
        if (get("/v1/pools/" + id).status() == 404) {
            post("/v1/pools", "{\"id\": \"" + id + "\", \"kind\": \"" + kind + "\"}")
                    .expect(201);
        }
    }

    /// A relay that has joined and reported once.
    ///
    /// @param endpoints JSON objects with commas between
    /// @return its key
    String liveRelay(String name, String pool, String region, String endpoints) {
        String token = post("/v1/join-tokens", "{\"pool\": \"" + pool + "\", \"region\": \"" + region + "\"}")
                .expect(201)
                .text("joinToken");
        String key = send(
                        "POST",
                        "/link/join",
                        "",
                        "{\"joinToken\": \"" + token + "\", \"name\": \"" + name + "\", \"endpoints\": [" + endpoints
                                + "]}")
                .expect(201)
                .text("relayKey");
        beat(key, 1, 10, "");
        return key;
    }

    /// Of a relay that has every state in force, so that no answer to an operator waits for it.
    ///
    /// @param apps JSON objects with commas between
    Reply beat(String relayKey, int sequence, int loadPercent, String apps) {
        return send(
                "POST",
                "/link/heartbeat",
                relayKey,
                "{\"epoch\": \"run\", \"sequence\": " + sequence + ", \"loadPercent\": " + loadPercent
                        + ", \"stateVersion\": 1000000, \"apps\": [" + apps + "]}");
    }

    /// What an app uses of a relay, with no traffic.
    static String need(String app, long sessions) {
        return "{\"app\": \"" + app + "\", \"sessions\": " + sessions + ", \"peakSessions\": " + sessions
                + ", \"wantedSessions\": " + sessions + ", \"kbitPerSecond\": 0, \"wantedKbitPerSecond\": 0}";
    }

    static String endpoint(String address, int port, String... transports) {
        return "{\"address\": \"" + address + "\", \"port\": " + port + ", \"transports\": [\""
                + String.join("\", \"", transports) + "\"]}";
    }

    /// A JWT as an app's own server makes it, by a library of its own.
    static String token(String app, String uid, String secret, Instant expiresAt) {
        try {
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader(JWSAlgorithm.HS256),
                    new JWTClaimsSet.Builder()
                            .issuer(app)
                            .subject(uid)
                            .expirationTime(Date.from(expiresAt))
                            .build());
            jwt.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        service.close();
        http.close();
        client.close();
        store.close();
    }

    private void checkByContract(String method, String path, Reply reply) {
        Optional<Operation> operation = contract.operations().stream()
                .filter(candidate -> candidate.method().equals(method) && fits(candidate.path(), path))
                .findFirst();
        if (operation.isEmpty()) {
            assertThat(reply.status()).isIn(400, 404, 405);
            return;
        }
        assertThat(operation.get().answers()).as("%s %s", method, path).containsKey(reply.status());
        Optional<Schema> schema = operation.get().answers().get(reply.status());
        if (schema == null || schema.isEmpty()) {
            assertThat(reply.json().isMissingNode())
                    .as("no body of %s", operation.get().id())
                    .isTrue();
            return;
        }
        String type = reply.response().headers().firstValue("Content-Type").orElse("");
        assertThat(type).isEqualTo(reply.status() >= 400 ? "application/problem+json" : "application/json");
        assertThat(reply.response().headers().firstValue("Cache-Control")).contains("no-store");
        List<Finding> findings = new ArrayList<>();
        schema.get().check(reply.json(), "", findings);
        assertThat(findings)
                .as("%s answered %s", operation.get().id(), reply.json())
                .isEmpty();
    }

    private static boolean fits(String template, String path) {
        String withoutQuery = path.split("\\?", 2)[0];
        return Pattern.matches(template.replaceAll("\\{[A-Za-z]+}", "[^/]+"), withoutQuery);
    }
}
