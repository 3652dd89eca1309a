package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.testkit.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class OperationServerTest {
    private static final SessionFile.Totals NO_RECORDS = new SessionFile.Totals(0, 0, 0);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final LoopbackRelay relay = LoopbackRelay.start();
    private final HttpClient client = HttpClient.newHttpClient();
    private final OperationServer server;

    OperationServerTest() throws IOException {
        server = open(relay, PATIENCE);
    }

    private static OperationServer open(LoopbackRelay relay, Duration bound) throws IOException {
        return OperationServer.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new WatchedRelay(relay.relay(), new Reloads(), () -> NO_RECORDS, bound));
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        relay.close();
    }

    @ParameterizedTest(name = "{0} {1} is {2}")
    @CsvSource({
        "GET, /metrics, 200",
        "GET, /metrics?x=1, 200",
        "GET, /healthz, 200",
        "GET, /readyz, 200",
        "HEAD, /metrics, 200",
        "HEAD, /healthz, 200",
        "HEAD, /readyz, 200",
        "GET, /, 404",
        "GET, /metrics/, 404",
        "GET, /metricsx, 404",
        "GET, //metrics, 404",
        "GET, /check, 404",
        "HEAD, /nothing, 404",
        "POST, /nothing, 404",
        "POST, /metrics, 405",
        "DELETE, /healthz, 405",
        "OPTIONS, /readyz, 405",
    })
    void answersByPathAndMethod(String method, String path, int status) throws Exception {
        HttpResponse<String> answer = ask(method, path);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body().isEmpty()).isEqualTo(method.equals("HEAD"));
        if (status == 405) {
            assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
        }
    }

    @Test
    void aHeadHasTheLengthOfItsGet() throws Exception {
        HttpResponse<String> head = ask("HEAD", "/healthz");

        assertThat(head.headers().firstValue("Content-Length")).contains("3");
        assertThat(head.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
    }

    @Test
    void aRelayThatDrainsIsHealthyAndNotReady() throws Exception {
        relay.relay().drain(Duration.ofMinutes(1)).get(20, TimeUnit.SECONDS);

        assertThat(ask("GET", "/readyz")).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).isEqualTo("draining: no new sessions\n");
        });
        assertThat(ask("GET", "/healthz").statusCode()).isEqualTo(200);
        assertThat(ask("GET", "/metrics").body()).contains("callgate_draining 1.0");
    }

    @Test
    void aLoopThatHangsIsNamedAndHoldsNoAskerLongerThanTheBound() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (OperationServer impatient = open(relay, Duration.ofMillis(300))) {
            hangALoop(release);

            for (String path : List.of("/healthz", "/readyz")) {
                HttpResponse<String> answer = ask(impatient, "GET", path);
                assertThat(answer.statusCode()).as(path).isEqualTo(503);
                assertThat(answer.body()).matches("event loops without an answer for 300 ms: \\d[\\d, ]*\\n");
            }
            HttpResponse<String> metrics = ask(impatient, "GET", "/metrics");
            assertThat(metrics.statusCode()).isEqualTo(503);
            assertThat(metrics.body()).startsWith("no figures: not all event loops answered");
        } finally {
            release.countDown();
        }
        assertThat(ask("GET", "/healthz").body()).isEqualTo("ok\n");
        assertThat(ask("GET", "/metrics").statusCode()).isEqualTo(200);
    }

    /// What depends on an answer of the loops runs on the loop that answered last, unless it was already there.
    private void hangALoop(CountDownLatch release) {
        CountDownLatch hangs = new CountDownLatch(1);
        while (hangs.getCount() > 0) {
            CompletableFuture<Void> asked = relay.relay().snapshot().thenAccept(snapshot -> {
                if (Thread.currentThread().getName().startsWith("relay-loop")) {
                    hangs.countDown();
                    awaitQuietly(release);
                }
            });
            CompletableFuture.anyOf(asked, CompletableFuture.runAsync(() -> awaitQuietly(hangs)))
                    .join();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("waited for nothing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void noClientReachesItThroughTheRelay() throws Exception {
        int metricsPort = FreePort.take();
        Endpoint endpoint = new Endpoint(IpAddress.parse("127.0.0.1"), metricsPort);
        OperationConfig operation = new OperationConfig(
                Optional.of(new OperationConfig.MetricsAddress(endpoint, true)), Optional.empty(), Duration.ZERO);
        try (LoopbackRelay watched = LoopbackRelay.start(operation);
                OperationServer own = OperationServer.open(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), metricsPort),
                        new WatchedRelay(watched.relay(), new Reloads(), () -> NO_RECORDS, PATIENCE));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), watched.port())) {
            client.getOutputStream()
                    .write(("CONNECT 127.0.0.1:" + metricsPort + " HTTP/1.1\r\nHost: x\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));

            assertThat(answer.readLine()).startsWith("HTTP/1.1 403 ");
            assertThat(ask(own, "GET", "/metrics").body()).contains("callgate_drops_total{reason=\"own_address\"} 1.0");
        }
    }

    @Test
    void countersGoOnOverReloadsAndOverClientsThatLeave() throws Exception {
        try (ServerSocket peer = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            connectAndLeave(peer);
            awaitMetric("callgate_tunnels 0.0");
            String before = ask("GET", "/metrics").body();
            assertThat(before)
                    .contains("callgate_admissions_total{ingress=\"http_connect\"} 1.0")
                    .contains("callgate_bytes_total{direction=\"to_peer\",ingress=\"http_connect\"} 5.0")
                    .contains("callgate_app_bytes_total{app=\"demo\"} 5.0");

            relay.apply(2);
            connectAndLeave(peer);
            awaitMetric("callgate_tunnels 0.0");

            assertThat(ask("GET", "/metrics").body())
                    .contains("callgate_state_version 2.0")
                    .contains("callgate_admissions_total{ingress=\"http_connect\"} 2.0")
                    .contains("callgate_bytes_total{direction=\"to_peer\",ingress=\"http_connect\"} 10.0")
                    .contains("callgate_app_bytes_total{app=\"demo\"} 10.0")
                    .contains("callgate_sessions 1.0", "callgate_sessions_live 0.0");
        }
    }

    private void connectAndLeave(ServerSocket peer) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relay.port())) {
            client.getOutputStream()
                    .write(("CONNECT 127.0.0.1:" + peer.getLocalPort() + " HTTP/1.1\r\nHost: x\r\n\r\nhello")
                            .getBytes(StandardCharsets.US_ASCII));
            try (Socket accepted = peer.accept()) {
                assertThat(accepted.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
            }
        }
    }

    private void awaitMetric(String line) throws Exception {
        while (!ask("GET", "/metrics").body().contains(line)) {
            Thread.onSpinWait(); // the timeout of the class ends a wait in vain
        }
    }

    private HttpResponse<String> ask(String method, String path) throws Exception {
        return ask(server, method, path);
    }

    private HttpResponse<String> ask(OperationServer asked, String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + asked.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
