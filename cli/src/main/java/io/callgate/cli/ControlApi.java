package io.callgate.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Control's HTTP API, as commands ask it (control/openapi.yaml). What control refuses becomes one sentence that
/// says how to mend it.
final class ControlApi implements AutoCloseable {
    private static final Duration CONNECT_BOUND = Duration.ofSeconds(5);
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(30);
    private static final int PAGE = 500;

    private final ControlAccess access;
    private final Runnable onClose;
    private final HttpClient http;

    ControlApi(ControlAccess access) {
        this(access, () -> {});
    }

    /// @param onClose ends what runs for these questions only
    ControlApi(ControlAccess access, Runnable onClose) {
        this.access = access;
        this.onClose = onClose;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_BOUND)
                .proxy(HttpClient.Builder.NO_PROXY);
        this.http = isTls(access.url())
                ? builder.sslContext(access.trust().context()).build()
                : builder.build();
    }

    /// For a part of a path.
    static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    ObjectNode get(String path) {
        return ask("GET", path, BodyPublishers.noBody());
    }

    ObjectNode post(String path) {
        return ask("POST", path, BodyPublishers.noBody());
    }

    ObjectNode post(String path, ObjectNode body) {
        return ask("POST", path, BodyPublishers.ofString(body.toString()));
    }

    ObjectNode patch(String path, ObjectNode body) {
        return ask("PATCH", path, BodyPublishers.ofString(body.toString()));
    }

    void delete(String path) {
        ask("DELETE", path, BodyPublishers.noBody());
    }

    /// The first items of a list.
    List<ObjectNode> first(String path, int count) {
        List<ObjectNode> items = new ArrayList<>();
        String separator = path.contains("?") ? "&" : "?";
        String after = "";
        do {
            int limit = Math.min(PAGE, count - items.size());
            ObjectNode page = get(path + separator + "limit=" + limit + (after.isEmpty() ? "" : "&after=" + after));
            page.get("items").forEach(item -> items.add((ObjectNode) item));
            after = page.path("next").asString("");
        } while (!after.isEmpty() && items.size() < count);
        return items;
    }

    /// The items of all pages.
    List<ObjectNode> all(String path) {
        return first(path, Integer.MAX_VALUE);
    }

    @Override
    public void close() {
        http.close();
        onClose.run();
    }

    private ObjectNode ask(String method, String path, BodyPublisher body) {
        HttpRequest request = HttpRequest.newBuilder(access.url().resolve(path))
                .timeout(ANSWER_BOUND)
                .header("Authorization", "Bearer " + access.token().reveal())
                .header("Content-Type", "application/json")
                .method(method, body)
                .build();
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (response.statusCode() == 204) {
                return JsonOutput.object();
            }
            ObjectNode answer = JsonOutput.parse(response.body());
            if (response.statusCode() >= 400) {
                throw new CommandFailed(sentence(answer));
            }
            return answer;
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new CommandFailed("cannot reach control at " + access.url() + "; does it run there?", e);
        } catch (HttpTimeoutException e) {
            throw new CommandFailed(
                    "control at " + access.url() + " has not answered for " + ANSWER_BOUND.toSeconds() + " s", e);
        } catch (SSLException e) {
            throw new CommandFailed(
                    "cannot talk TLS with control at " + access.url() + ": " + e.getMessage()
                            + "; name its CA with --ca, or the pin that it prints at its start with --pin",
                    e);
        } catch (IOException e) {
            throw new CommandFailed("lost control at " + access.url() + ": " + e.getMessage(), e);
        } catch (JacksonException | ClassCastException e) {
            throw new CommandFailed("what answers at " + access.url() + " is no control; is the address right?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted while control at " + access.url() + " was asked", e);
        }
    }

    /// A problem+json as one line: what is wrong, and the mend.
    private static String sentence(ObjectNode problem) {
        if (problem.path("errors").isEmpty()) {
            return problem.path("detail").asString("refused") + "; "
                    + problem.path("mend").asString("see control's log");
        }
        return problem.get("errors").valueStream().map(ControlApi::finding).collect(Collectors.joining("; "));
    }

    private static String finding(JsonNode error) {
        String value = error.path("value").asString("");
        String field = error.path("field").asString("").replaceFirst("^/", "").replace('/', '.');
        return (field.isEmpty() ? "the request" : field) + (value.isEmpty() ? "" : " \"" + value + "\"") + ": "
                + error.path("mend").asString("");
    }

    private static boolean isTls(URI url) {
        return "https".equals(url.getScheme());
    }
}
