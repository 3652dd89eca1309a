package io.callgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.control.rest.HttpPlace;
import io.callgate.control.store.StoreOptions;
import io.callgate.model.Secret;
import io.callgate.testkit.FakeClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two ports: one for machines, one for people.
class PortsTest {
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        client.close();
    }

    @Test
    void nothingOfTheConsoleIsOnThePortOfTheApi() throws Exception {
        List<String> pages = List.of(
                "GET /",
                "GET /login",
                "POST /login",
                "POST /logout",
                "GET /password",
                "GET /live",
                "GET /app-names",
                "GET /apps",
                "POST /apps",
                "GET /apps/demo",
                "GET /relays",
                "GET /pools",
                "GET /sessions",
                "GET /allowlist",
                "GET /allowlist.file",
                "GET /usage",
                "GET /usage.csv",
                "GET /usage-days.csv",
                "GET /audit",
                "GET /users",
                "GET /files/console.css");
        try (Control control = Control.start(ControlOptions.onLoopback(store(), 0))) {
            for (String page : pages) {
                HttpResponse<String> answer = ask(control.port(), page, "");

                assertThat(answer.statusCode()).as(page).isEqualTo(404);
                assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
                assertThat(ask(control.consolePort(), page, "").statusCode())
                        .as(page)
                        .isNotEqualTo(404);
            }
        }
    }

    @Test
    void nothingOfTheApiOrTheLinkIsOnThePortOfTheConsole() throws Exception {
        List<String> operations = List.of(
                "GET /v1/apps",
                "POST /v1/apps",
                "GET /v1/relays",
                "POST /v1/leases",
                "GET /v1/policy",
                "GET /v1/allowlist",
                "POST /v1/join-tokens",
                "GET /v1/audit",
                "POST /link/join",
                "POST /link/heartbeat",
                "POST /link/state");
        try (Control control = Control.start(ControlOptions.onLoopback(store(), 0))) {
            String token = control.issueOperatorToken("test").reveal();
            for (String operation : operations) {
                HttpResponse<String> answer = ask(control.consolePort(), operation, token);

                assertThat(answer.statusCode()).as(operation).isEqualTo(404);
                assertThat(answer.body()).contains("No such page").doesNotContain(token);
                assertThat(answer.headers().firstValue("Content-Security-Policy"))
                        .isPresent();
                assertThat(ask(control.port(), operation, token).statusCode())
                        .as(operation)
                        .isNotEqualTo(404);
            }
        }
    }

    @Test
    void aControlMayHaveNoConsole() {
        try (Control control = Control.start(
                new ControlOptions(store(), HttpPlace.onLoopback(0), Optional.empty(), Optional.empty()))) {
            assertThat(control.port()).isPositive();
            assertThatThrownBy(control::consolePort).hasMessageContaining("no console");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"api", "console"})
    void aPortThatIsTakenIsToldWithTheSettingThatNamesAnother(String which) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HttpPlace place = new HttpPlace(loopback(taken.getLocalPort()), false, "that key");
            HttpPlace free = HttpPlace.onLoopback(0);
            ControlOptions options = which.equals("api")
                    ? new ControlOptions(store(), place, Optional.of(free), Optional.empty())
                    : new ControlOptions(store(), free, Optional.of(place), Optional.empty());

            assertThatThrownBy(() -> Control.start(options))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessage("cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + "; is it in use? Another is named by that key");
        }
    }

    @Test
    void whereAnyPortWillDoAnotherIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Control control = Control.start(new ControlOptions(
                        store(),
                        HttpPlace.onLoopback(0),
                        Optional.of(new HttpPlace(loopback(taken.getLocalPort()), true, "that key")),
                        Optional.empty()))) {
            assertThat(control.consolePort()).isPositive().isNotEqualTo(taken.getLocalPort());
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static StoreOptions store() {
        return StoreOptions.inMemory(
                "ports-" + UUID.randomUUID(), Secret.of("0123456789abcdef0123456789abcdef"), new FakeClock());
    }

    /// @param line method and path
    private HttpResponse<String> ask(int port, String line, String token) throws IOException, InterruptedException {
        String[] parts = line.split(" ", 2);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + parts[1]))
                .header("Content-Type", "application/json")
                .method(parts[0], parts[0].equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("{}"));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
