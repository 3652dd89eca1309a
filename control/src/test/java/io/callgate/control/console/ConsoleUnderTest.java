package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.Control;
import io.callgate.control.ControlOptions;
import io.callgate.control.store.StoreOptions;
import io.callgate.model.Secret;
import io.callgate.testkit.FakeClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// A whole control on H2 in memory, and browsers that know cookies and forms but no script.
final class ConsoleUnderTest implements AutoCloseable {
    static final String PASSWORD = "correct horse battery";
    private static final Pattern FORM_KEY = Pattern.compile("name=\"formKey\" value=\"([^\"]+)\"");
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    final FakeClock clock = new FakeClock();
    final Control control;
    final String operatorToken;
    final String firstPassword;

    private final HttpClient client = HttpClient.newHttpClient();
    private final StoreOptions database =
            StoreOptions.inMemory("console-" + UUID.randomUUID(), Secret.of("0123456789abcdef0123456789abcdef"), clock);

    ConsoleUnderTest() {
        control = Control.start(ControlOptions.onLoopback(database, 0));
        operatorToken = control.issueOperatorToken("test").reveal();
        firstPassword = control.ensureConsoleUser().orElseThrow().reveal();
    }

    String origin() {
        return "http://127.0.0.1:" + control.consolePort();
    }

    String apiOrigin() {
        return "http://127.0.0.1:" + control.port();
    }

    /// What would take too long by the API.
    void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(
                        database.jdbcUrl(), database.user().orElseThrow(), "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /// An operation of the API, by the operator.
    JsonNode api(String method, String path, String body) {
        return api(method, path, operatorToken, body, 0);
    }

    /// @param wanted the status; 0: any below 300
    JsonNode api(String method, String path, String token, String body, int wanted) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(apiOrigin() + path))
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        HttpResponse<String> response = send(client, request.build());
        if (wanted == 0) {
            assertThat(response.statusCode()).as(response.body()).isLessThan(300);
        } else {
            assertThat(response.statusCode()).as(response.body()).isEqualTo(wanted);
        }
        return response.body().isEmpty() ? MissingNode.getInstance() : MAPPER.readTree(response.body());
    }

    /// A user, signed in with a password of their own.
    Browser signedIn(String name, String role, String appMember) {
        String first = api(
                        "POST",
                        "/v1/console-users",
                        "{\"name\": \"" + name + "\", \"role\": \"" + role + "\"" + appMember + "}")
                .get("password")
                .asString();
        Browser browser = new Browser();
        browser.signIn(name, first);
        browser.choosePassword(first, PASSWORD).expect(303);
        return browser;
    }

    Browser admin() {
        Browser browser = new Browser();
        browser.signIn("admin", firstPassword).expect(303);
        browser.choosePassword(firstPassword, PASSWORD).expect(303);
        return browser;
    }

    /// What a browser got.
    record Answer(int status, String body, HttpResponse<String> response) {
        Answer expect(int wanted) {
            assertThat(status).as(body).isEqualTo(wanted);
            return this;
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    /// One browser with its cookies; it does not follow redirects.
    final class Browser {
        private final HttpClient client;
        final Map<String, String> cookies = new LinkedHashMap<>();
        final List<String> headers = new ArrayList<>();

        Browser() {
            this(ConsoleUnderTest.this.client);
        }

        /// @param client by which it reaches the console, from the address that this one has
        Browser(HttpClient client) {
            this.client = client;
        }

        Answer get(String path) {
            return exchange(HttpRequest.newBuilder(URI.create(origin() + path)).GET());
        }

        /// Sends a form as the page has it, with the key that stands in it.
        ///
        /// @param fields names and values in turn
        Answer post(String path, String... fields) {
            Matcher key = FORM_KEY.matcher(get(path).body());
            assertThat(key.find()).as("a form at " + path).isTrue();
            return postWith(key.group(1), path, fields);
        }

        Answer postWith(String formKey, String path, String... fields) {
            StringBuilder form = new StringBuilder("formKey=" + encoded(formKey));
            for (int i = 0; i < fields.length; i += 2) {
                form.append('&').append(encoded(fields[i])).append('=').append(encoded(fields[i + 1]));
            }
            return exchange(HttpRequest.newBuilder(URI.create(origin() + path))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form.toString())));
        }

        Answer signIn(String name, String password) {
            return post("/login", "name", name, "password", password);
        }

        Answer choosePassword(String old, String chosen) {
            return post("/password", "old", old, "new", chosen, "again", chosen);
        }

        private Answer exchange(HttpRequest.Builder request) {
            if (!cookies.isEmpty()) {
                request.header(
                        "Cookie",
                        String.join(
                                "; ",
                                cookies.entrySet().stream()
                                        .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                                        .toList()));
            }
            for (int i = 0; i < headers.size(); i += 2) {
                request.header(headers.get(i), headers.get(i + 1));
            }
            HttpResponse<String> response = send(client, request.build());
            for (String cookie : response.headers().allValues("Set-Cookie")) {
                String[] pair = cookie.split(";", 2)[0].split("=", 2);
                if (cookie.contains("Max-Age=0")) {
                    cookies.remove(pair[0]);
                } else {
                    cookies.put(pair[0], pair[1]);
                }
            }
            return new Answer(response.statusCode(), response.body(), response);
        }
    }

    @Override
    public void close() {
        client.close();
        control.close();
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(request.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
