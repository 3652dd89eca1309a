package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.net.Login;
import io.callgate.control.Control;
import io.callgate.control.ControlOptions;
import io.callgate.control.store.StoreOptions;
import io.callgate.model.AppId;
import io.callgate.model.AppToken;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A control on H2 in a folder, with pool `main`, and its operator. It may be stopped and started again.
final class ControlUnderTest implements AutoCloseable {
    private static final Secret SEAL_KEY = Secret.of("0123456789abcdef0123456789abcdef");
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    final int port;
    final String operatorToken;

    private final Path folder;
    private final SkippingTime time = new SkippingTime();
    private final HttpClient client = HttpClient.newHttpClient();
    private Control control;

    ControlUnderTest(Path folder) {
        this.folder = folder;
        this.control = open(0);
        this.port = control.port();
        this.operatorToken = control.issueOperatorToken("test").reveal();
        ask("POST", "/v1/pools", "{\"id\": \"main\", \"kind\": \"production\"}");
    }

    private Control open(int at) {
        return Control.start(
                ControlOptions.onLoopback(StoreOptions.embedded(folder.resolve("control"), SEAL_KEY, time), at));
    }

    SkippingTime time() {
        return time;
    }

    void stop() {
        control.close();
    }

    void startAgain() {
        control = open(port);
    }

    String joinToken() {
        return ask("POST", "/v1/join-tokens", "{\"pool\": \"main\", \"region\": \"eu\"}")
                .get("joinToken")
                .asString();
    }

    /// An active app.
    ///
    /// @return its token secret
    String app(String id, String settings) {
        ask(
                "POST",
                "/v1/apps",
                "{\"id\": \"" + id + "\", \"contact\": \"eve\", \"pools\": [\"main\"]" + settings + "}");
        ask("POST", "/v1/apps/" + id + "/activate", "");
        return ask("POST", "/v1/apps/" + id + "/token-secrets", "")
                .get("secret")
                .asString();
    }

    static String token(String app, String uid, String secret) {
        return AppToken.mint(
                Secret.of(secret),
                new AppId(app),
                new Subject(uid),
                Instant.now().plusSeconds(600));
    }

    /// As the operator; fails unless it is done.
    JsonNode ask(String method, String path, String body) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .header("Authorization", "Bearer " + operatorToken)
                    .method(method, BodyPublishers.ofString(body));
            if (!body.isEmpty()) {
                request.header("Content-Type", "application/json");
            }
            var response = client.send(request.build(), BodyHandlers.ofString());
            assertThat(response.statusCode())
                    .as(method + " " + path + ": " + response.body())
                    .isBetween(200, 299);
            return MAPPER.readTree(response.body().isEmpty() ? "{}" : response.body());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// What the operator sees of the only relay.
    JsonNode relay() {
        return ask("GET", "/v1/relays", "").get("items").get(0);
    }

    /// Whether leases may name it: it lives, and has said that it knows what to serve.
    boolean hasServingRelay() {
        return isServing(relay());
    }

    boolean hasServingRelay(String name) {
        return ask("GET", "/v1/relays", "")
                .get("items")
                .valueStream()
                .anyMatch(relay -> relay.get("name").asString().equals(name) && isServing(relay));
    }

    private static boolean isServing(JsonNode relay) {
        return relay.get("alive").asBoolean() && relay.get("stateVersion").asLong() > 0;
    }

    /// A credential for any relay of app `demo`.
    Login login(String subject) {
        return login("demo", subject);
    }

    /// A credential for any relay of an app.
    Login login(String app, String subject) {
        JsonNode credential = ask("POST", "/v1/apps/" + app + "/credentials", "{\"subject\": \"" + subject + "\"}");
        return new Login(
                credential.get("username").asString(),
                credential.get("password").asString());
    }

    @Override
    public void close() {
        control.close();
        client.close();
    }
}
