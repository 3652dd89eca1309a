package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.DesiredState;
import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.relay.passage.Passage;
import io.callgate.relay.passage.PassageAnswer;
import io.callgate.relay.passage.PassedRequest;
import io.callgate.testkit.FakeClock;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import io.callgate.wire.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The passage as clients meet it: a real relay, and a control that repeats what it was asked.
@Timeout(30)
class PassageOverHttpTest {
    private final BlockingQueue<PassedRequest> passed = new LinkedBlockingQueue<>();
    private final BlockingQueue<CompletableFuture<PassageAnswer>> unanswered = new LinkedBlockingQueue<>();
    private volatile boolean isSilent;
    private final int port = FreePort.take();
    private final Relay relay =
            Relay.start(state(), RelayOptions.of(new FakeClock()).withPassage(new Passage(this::answer)));

    /// By which HTTP a client comes.
    enum Way {
        HTTP1,
        HTTP1_IN_TLS,
        HTTP2_IN_TLS
    }

    @AfterEach
    void close() {
        relay.close();
    }

    @ParameterizedTest
    @EnumSource
    void passesALeaseWithItsBodyItsTokenAndItsClient(Way way) throws Exception {
        HttpResponse<String> response = send(way, "POST", "/v1/leases", BodyPublishers.ofString("{\"uid\":\"alice\"}"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("POST /v1/leases {\"uid\":\"alice\"}");
        assertThat(response.headers().firstValue("etag")).contains("\"1\"");
        PassedRequest request = passed.take();
        assertThat(request.client()).hasToString("127.0.0.1");
        assertThat(request.headers())
                .containsEntry("authorization", "Bearer token")
                .doesNotContainKey("x-forwarded-for");
    }

    @ParameterizedTest
    @EnumSource
    void passesWhatHasNoBody(Way way) throws Exception {
        String renewal = "/v1/leases/" + "a".repeat(40) + "." + "b".repeat(43) + "/renew";

        assertThat(send(way, "POST", renewal, BodyPublishers.noBody()).body()).isEqualTo("POST " + renewal + " ");
        assertThat(send(way, "GET", "/v1/policy?appId=demo", BodyPublishers.noBody())
                        .body())
                .isEqualTo("GET /v1/policy?appId=demo ");
        assertThat(send(way, "POST", "/v1/leases", BodyPublishers.noBody()).statusCode())
                .isEqualTo(200);
    }

    /// The longest that control makes: of a client with 64 long names of regions.
    @ParameterizedTest
    @EnumSource
    void passesTheLongestLease(Way way) throws Exception {
        String renewal = "/v1/leases/" + "a".repeat(3_660) + "." + "b".repeat(43) + "." + "c".repeat(320) + "/renew";

        assertThat(send(way, "POST", renewal, BodyPublishers.noBody()).body()).isEqualTo("POST " + renewal + " ");
    }

    @ParameterizedTest
    @EnumSource
    void answersAllElseUnderTheRootItself(Way way) throws Exception {
        for (String path : List.of("/v1", "/v1/apps", "/v1/leases", "/v1/nothing")) {
            HttpResponse<String> response = send(way, "GET", path, BodyPublishers.noBody());
            assertThat(response.statusCode()).as(path).isEqualTo(404);
            assertThat(response.body()).contains("urn:callgate:problem:not-found", "\"mend\"");
        }
        assertThat(send(way, "POST", "/v1/apps", BodyPublishers.ofString("{}")).statusCode())
                .isEqualTo(404);
        assertThat(passed).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void takesABodyUpToItsLimit(Way way) throws Exception {
        String most = "x".repeat(Passage.MOST_BODY_BYTES);

        assertThat(send(way, "POST", "/v1/leases", BodyPublishers.ofString(most))
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> refused = send(way, "POST", "/v1/leases", BodyPublishers.ofString(most + "x"));
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(refused.headers().firstValue("content-type")).contains("application/problem+json");
        BodyPublisher ofUnknownLength = BodyPublishers.ofInputStream(
                () -> new ByteArrayInputStream("{\"uid\":\"bob\"}".getBytes(StandardCharsets.UTF_8)));
        assertThat(send(way, "POST", "/v1/leases", ofUnknownLength).body()).endsWith("{\"uid\":\"bob\"}");
    }

    @Test
    void whatFollowsInTheSameConnectionIsForNobody() throws Exception {
        String one = "POST /v1/leases HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";

        String answer = raw(one + "GET /v1/policy HTTP/1.1\r\nHost: x\r\n\r\n" + one);

        assertThat(answer)
                .startsWith("HTTP/1.1 200")
                .contains("Connection: close")
                .containsOnlyOnce("HTTP/1.1");
        assertThat(passed.poll(20, TimeUnit.SECONDS)).isNotNull();
        assertThat(passed).isEmpty();
    }

    @Test
    void tellsAClientThatAsksToGoOn() throws Exception {
        String answer =
                raw("POST /v1/leases HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}");

        assertThat(answer).startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200");
    }

    @ParameterizedTest
    @EnumSource
    void callsOffWhatItsClientNoLongerWaitsFor(Way way) throws Exception {
        isSilent = true;
        try (HttpClient client = client(way)) {
            Future<?> asking = client.sendAsync(
                    request(way, "POST", "/v1/leases", BodyPublishers.noBody()), BodyHandlers.ofString());
            CompletableFuture<PassageAnswer> waiting = unanswered.take();
            assertThat(waiting).isNotDone();

            asking.cancel(true);

            assertThat(waiting).failsWithin(Duration.ofSeconds(20)).withThrowableOfType(CancellationException.class);
        }
    }

    @Test
    void withoutControlThereIsNothingUnderTheRoot() throws Exception {
        relay.close();
        try (Relay alone = Relay.start(state(), RelayOptions.of(new FakeClock()))) {
            assertThat(alone.listeners()).isNotEmpty();
            assertThat(send(Way.HTTP1, "POST", "/v1/leases", BodyPublishers.noBody())
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    private CompletableFuture<PassageAnswer> answer(PassedRequest request) {
        passed.add(request);
        if (isSilent) {
            CompletableFuture<PassageAnswer> never = new CompletableFuture<>();
            unanswered.add(never);
            return never;
        }
        String text = request.method() + " " + request.target() + " "
                + new String(request.body().toArray(), StandardCharsets.UTF_8);
        return CompletableFuture.supplyAsync(() -> PassageAnswer.of(
                200,
                Map.of("content-type", "text/plain", "etag", "\"1\""),
                Bytes.of(text.getBytes(StandardCharsets.UTF_8))));
    }

    private HttpResponse<String> send(Way way, String method, String path, BodyPublisher body)
            throws IOException, InterruptedException, GeneralSecurityException {
        try (HttpClient client = client(way)) {
            HttpResponse<String> response = client.send(request(way, method, path, body), BodyHandlers.ofString());
            assertThat(response.version())
                    .isEqualTo(way == Way.HTTP2_IN_TLS ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
            return response;
        }
    }

    private static HttpClient client(Way way) throws IOException, GeneralSecurityException {
        return HttpClient.newBuilder()
                .version(way == Way.HTTP2_IN_TLS ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .sslContext(trusting())
                .build();
    }

    private HttpRequest request(Way way, String method, String path, BodyPublisher body) {
        String scheme = way == Way.HTTP1 ? "http" : "https";
        return HttpRequest.newBuilder(URI.create(scheme + "://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer token")
                .header("X-Forwarded-For", "203.0.113.99")
                .method(method, body)
                .build();
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static SSLContext trusting() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("relay", TestIdentity.ec().certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private DesiredState state() {
        return new DesiredState(
                1,
                DesiredState.Origin.FILE,
                List.of(new ListenerState(
                        IpAddress.parse("127.0.0.1"), List.of(PortRange.of(port)), Set.of(Protocol.TCP))),
                List.of(),
                DesiredState.DEFAULT_RELAY_PORTS,
                DesiredState.DEFAULT_REALM,
                List.of(),
                List.of(),
                List.of(),
                true,
                Optional.of(TestIdentity.ec()));
    }
}
