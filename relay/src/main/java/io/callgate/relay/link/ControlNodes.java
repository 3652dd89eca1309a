package io.callgate.relay.link;

import io.callgate.model.Secret;
import io.callgate.relay.passage.PassageAnswer;
import io.callgate.relay.passage.PassedRequest;
import io.callgate.wire.Bytes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Control over HTTP, whichever of its nodes answers: all know the same, so a question goes to the one that
/// answered last and, where that fails, to the next. Safe on every thread.
///
/// `java.net.http` and not Netty: these are a few requests a second, off the event loops, and it brings
/// connections, deadlines and TLS.
final class ControlNodes implements AutoCloseable {
    static final int MOST_STATE_BYTES = 64 << 20;
    static final int MOST_ANSWER_BYTES = 1 << 20;

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration PASSAGE_OF_ONE = Duration.ofMillis(2_500);

    /// Within the ten seconds that a client without proof has at this relay.
    private static final Duration PASSAGE = Duration.ofSeconds(6);

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final List<URI> urls;
    private final HttpClient http;
    private final AtomicInteger current = new AtomicInteger();

    ControlNodes(LinkOptions options) {
        this.urls = options.urls();
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // over plain HTTP the other would ask for an upgrade each time
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER) // a key goes nowhere but where the file says
                .proxy(HttpClient.Builder.NO_PROXY)
                .sslContext(ControlTrust.of(options))
                .build();
    }

    /// What control has said.
    ///
    /// @param body empty after a 204
    record Reply(int status, String body) {}

    /// Asks, and waits for the answer.
    ///
    /// @param key of this relay, once it has one
    /// @throws ControlException.Away if no node answers as control
    /// @throws ControlException.Refused if one says no
    Reply post(String path, Optional<Secret> key, String json, Duration patience, int mostBytes)
            throws ControlException, InterruptedException {
        StringBuilder causes = new StringBuilder();
        IOException last = new IOException("not asked");
        for (int tried = 0; tried < urls.size(); tried++) {
            int node = current.get();
            HttpRequest.Builder request = HttpRequest.newBuilder(uri(node, path))
                    .timeout(patience)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(json));
            key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret.reveal()));
            try {
                HttpResponse<byte[]> response =
                        http.send(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), mostBytes));
                Reply reply = new Reply(response.statusCode(), new String(response.body(), StandardCharsets.UTF_8));
                if (reply.status() / 100 == 2) {
                    return reply;
                }
                if (reply.status() / 100 == 4 && reply.status() != 408 && reply.status() != 429) {
                    throw new ControlException.Refused(reply.status(), problem(reply));
                }
                last = new IOException(problem(reply));
            } catch (IOException e) {
                last = e;
            }
            causes.append(causes.isEmpty() ? "" : "; ")
                    .append(urls.get(node))
                    .append(": ")
                    .append(words(last));
            moveOn(node);
        }
        throw new ControlException.Away(causes.toString(), last);
    }

    /// Passes a client's request on; never waits.
    ///
    /// @return completes with whatever control answers, or exceptionally if no node does in time; to cancel it
    ///     ends the exchange, whichever node that is with
    CompletableFuture<PassageAnswer> pass(PassedRequest request) {
        CompletableFuture<PassageAnswer> answer = new CompletableFuture<>();
        passTo(current.get(), 1, request, answer);
        return answer.orTimeout(PASSAGE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void passTo(int node, int tries, PassedRequest request, CompletableFuture<PassageAnswer> answer) {
        CompletableFuture<HttpResponse<byte[]>> exchange = http.sendAsync(
                passed(node, request), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_ANSWER_BYTES));
        answer.whenComplete((any, none) -> exchange.cancel(true)); // nobody waits for it any more
        exchange.whenComplete((response, failure) -> {
            if (failure == null) {
                answer.complete(answer(response));
            } else if (!answer.isDone()) { // else it was called off, which says nothing of the node
                moveOn(node);
                if (tries < urls.size()) {
                    passTo(current.get(), tries + 1, request, answer);
                } else {
                    answer.completeExceptionally(failure);
                }
            }
        });
    }

    private HttpRequest passed(int node, PassedRequest request) {
        HttpRequest.Builder passed = HttpRequest.newBuilder(uri(node, request.target()))
                .timeout(PASSAGE_OF_ONE)
                .method(
                        request.method(),
                        request.body().length() == 0
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofByteArray(request.body().toArray()));
        request.headers().forEach(passed::header);
        return passed.build();
    }

    private static PassageAnswer answer(HttpResponse<byte[]> response) {
        Map<String, String> headers = new HashMap<>();
        PassageAnswer.HEADERS.forEach(
                name -> response.headers().firstValue(name).ifPresent(value -> headers.put(name, value)));
        return PassageAnswer.of(response.statusCode(), headers, Bytes.of(response.body()));
    }

    private URI uri(int node, String target) {
        String base = urls.get(node).toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + target);
    }

    /// Unless somebody else was faster.
    private void moveOn(int from) {
        current.compareAndSet(from, (from + 1) % urls.size());
    }

    /// Control's own words, as far as these are control's.
    private static String problem(Reply reply) {
        try {
            JsonNode problem = MAPPER.readTree(reply.body());
            if (problem != null && problem.has("detail")) {
                return problem.get("detail").asString() + "; "
                        + problem.path("mend").asString("");
            }
        } catch (JacksonException e) {
            // Something else stands there.
        }
        return "status " + reply.status() + ", which is not how control answers; does the URL lead to control?";
    }

    private static String words(IOException failure) {
        if (failure instanceof SSLException) {
            return "TLS: " + failure.getMessage() + " (ca or pin in the relay file say what to trust)";
        }
        String message = failure.getMessage();
        return message == null ? "no connection" : message;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
