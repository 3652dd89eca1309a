package io.callgate.relay.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.callgate.model.IpAddress;
import io.callgate.model.Secret;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.passage.PassageAnswer;
import io.callgate.relay.passage.PassedRequest;
import io.callgate.testkit.TestIdentity;
import io.callgate.wire.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ControlNodesTest {
    private static final Secret KEY = Secret.of("the-key-of-the-relay");
    private static final String PROBLEM = "{\"detail\": \"the token is used\", \"mend\": \"create another\"}";

    /// Requests among which one that comes late shows.
    private static final int LATER = 50;

    private final List<HttpServer> servers = new ArrayList<>();
    private final List<ControlNodes> opened = new ArrayList<>();
    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<Map<String, List<String>>> headers = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        opened.forEach(ControlNodes::close);
        servers.forEach(server -> server.stop(0));
    }

    @Test
    void asksTheNextNodeWhenOneIsGoneAndStaysThere() throws Exception {
        ControlNodes nodes = nodes("http://127.0.0.1:" + deadPort(), plain(200, "first"), plain(200, "second"));

        assertThat(post(nodes).body()).isEqualTo("first");
        assertThat(post(nodes).body()).isEqualTo("first");
    }

    @Test
    void aNodeThatFailsIsFollowedByTheNextAndARefusalIsNot() throws Exception {
        assertThat(post(nodes(plain(503, "out of order"), plain(200, "second"))).body())
                .isEqualTo("second");

        ControlNodes refusing = nodes(plain(401, PROBLEM), plain(200, "second"));
        assertThatThrownBy(() -> post(refusing))
                .isInstanceOf(ControlException.Refused.class)
                .hasMessage("the token is used; create another");
    }

    @Test
    void saysOfEveryNodeWhatIsWrong() throws Exception {
        String dead = "http://127.0.0.1:" + deadPort();
        String other = plain(500, "<html>");

        assertThatThrownBy(() -> post(nodes(dead, other)))
                .isInstanceOf(ControlException.Away.class)
                .hasMessageContainingAll(dead, other, "does the URL lead to control?");
    }

    @Test
    void aPassedRequestHasItsOwnTokenAndNothingOfTheRelayOrOfWhereItsClientIs() throws Exception {
        ControlNodes nodes = nodes("http://127.0.0.1:" + deadPort(), plain(200, "a lease"));
        PassedRequest request = new PassedRequest(
                "POST",
                "/v1/leases",
                Map.of("authorization", "Bearer of-the-app"),
                Bytes.of("{}".getBytes(StandardCharsets.UTF_8)),
                IpAddress.parse("2001:db8::7"));

        PassageAnswer answer = nodes.pass(request).join();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(asked.take()).isEqualTo("/v1/leases Bearer of-the-app {}");
        assertThat(headers.take().toString()).doesNotContain(KEY.reveal()).doesNotContain("2001:db8::7");
    }

    @Test
    void aPassedRequestThatIsCalledOffEndsAtItsNodeAndIsAskedOfNoOther() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            silent.setSoTimeout(20_000); // an accept hears of no other time limit
            ControlNodes nodes = nodes("http://127.0.0.1:" + silent.getLocalPort(), plain(200, "second"));
            CompletableFuture<PassageAnswer> answer = nodes.pass(policy());
            try (Socket exchange = silent.accept()) {
                exchange.setSoTimeout(20_000);
                assertThat(exchange.getInputStream().read()).isEqualTo('G');

                answer.cancel(true);

                assertThat(exchange.getInputStream().readAllBytes()).isNotEmpty();
            }
            CompletableFuture<PassageAnswer> next = nodes.pass(policy());
            silent.accept().close(); // the node was not given up for a request that was called off
            assertThat(next.join().status()).isEqualTo(200);
            for (int i = 1; i < LATER; i++) {
                nodes.pass(policy()).join();
            }
            assertThat(asked).as("what was called off is not among them").hasSize(LATER);
        }
    }

    @Test
    void aPassedRequestWithoutControlFailsInTime() throws IOException {
        ControlNodes nodes = nodes("http://127.0.0.1:" + deadPort());

        assertThat(nodes.pass(policy())).failsWithin(Duration.ofSeconds(8));
    }

    @Test
    void knowsControlByItsPinOrByItsAuthorityAndByNothingElse() throws Exception {
        String url = secured(TestIdentity.ec());
        String pin = TestIdentity.ec().pin();
        X509Certificate authority = TestIdentity.ec().certificate();

        assertThat(post(open(List.of(url), List.of(), Optional.of(pin))).body()).isEqualTo("secured");
        assertThat(post(open(List.of(url), List.of(authority), Optional.empty()))
                        .body())
                .isEqualTo("secured");
        assertThatThrownBy(() -> post(open(List.of(url), List.of(), Optional.empty())))
                .isInstanceOf(ControlException.Away.class)
                .hasMessageContaining("ca or pin in the relay file");
        assertThatThrownBy(() -> post(open(
                        List.of(url), List.of(), Optional.of(TestIdentity.rsa().pin()))))
                .hasMessageContaining("pin");
        assertThatThrownBy(
                        () -> post(open(List.of(url), List.of(TestIdentity.rsa().certificate()), Optional.empty())))
                .isInstanceOf(ControlException.Away.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://control.example.com",
                "http://localhost:8444",
                "http://10.0.0.1",
                "ftp://127.0.0.1",
                "https://",
                "https://user:secret@control.example.com",
                "https://control.example.com?x=1"
            })
    void sendsSecretsNowhereElse(String url) {
        assertThatThrownBy(() -> LinkOptions.checkUrl(URI.create(url.equals("https://") ? "https:///" : url)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://control.example.com", "https://c.example.com/callgate/", "http://[::1]:8444"})
    void takesTheseUrls(String url) {
        assertThatCode(() -> LinkOptions.checkUrl(URI.create(url))).doesNotThrowAnyException();
    }

    @Test
    void waitsLongerAfterEachFailureAndNeverAsLongAsOthers() {
        Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(15), new Random(1));
        for (int failure = 0; failure < 100; failure++) {
            long whole = Math.min(500L << Math.min(failure, 16), 15_000);
            assertThat(backoff.next().toMillis()).isBetween(whole / 2, whole);
        }
        backoff.onSuccess();
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(500));
    }

    private static PassedRequest policy() {
        return new PassedRequest("GET", "/v1/policy", Map.of(), Bytes.EMPTY, IpAddress.parse("192.0.2.1"));
    }

    private static ControlNodes.Reply post(ControlNodes nodes) throws ControlException, InterruptedException {
        return nodes.post("/link/join", Optional.of(KEY), "{}", Duration.ofSeconds(5), 1 << 20);
    }

    private ControlNodes nodes(String... urls) {
        return open(List.of(urls), List.of(), Optional.empty());
    }

    private ControlNodes open(List<String> urls, List<X509Certificate> authorities, Optional<String> pin) {
        LinkMemory none = new LinkMemory() {
            @Override
            public Optional<String> recall(Part part) {
                return Optional.empty();
            }

            @Override
            public void keep(Part part, String text) {}
        };
        opened.add(new ControlNodes(new LinkOptions(
                urls.stream().map(URI::create).toList(), Optional.empty(), "r", authorities, pin, "test", none)));
        return opened.getLast();
    }

    private String plain(int status, String body) throws IOException {
        return "http://127.0.0.1:" + serve(HttpServer.create(), status, body);
    }

    private String secured(TlsIdentity identity) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "control", identity.privateKey(), new char[0], identity.chain().toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create();
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return "https://127.0.0.1:" + serve(server, 200, "secured");
    }

    private int serve(HttpServer server, int status, String body) throws IOException {
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            headers.add(Map.copyOf(exchange.getRequestHeaders()));
            asked.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }

    private static int deadPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
