package io.callgate.rtc.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.callgate.model.ErrorCode;
import io.callgate.rtc.StillMedia;
import io.callgate.rtc.SystemTime;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.service.ServiceSession;
import io.callgate.rtc.transport.TransportPlan;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A live cloud with a certificate that it has signed itself.
@Timeout(60)
class LiveTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final StillMedia media = new StillMedia();

    @TempDir
    Path folder;

    @Test
    void aCertificateThatIsTrustedLetsItThrough() throws Exception {
        try (Server server = new Server(store("ip:127.0.0.1"))) {
            ServiceSession session = server.join(server.trusted());

            session.publish(Publication.of(media.audio(), media.video()));

            assertThat(media.log()).contains("answered v=0 answer");
            session.close();
        }
    }

    @Test
    void oneOfAnUnknownIssuerIsNamedSo() throws Exception {
        try (Server server = new Server(store("ip:127.0.0.1"))) {
            assertRefused(server.join(server.live()), ErrorCode.TLS_UNTRUSTED);
        }
    }

    @Test
    void oneForAnotherNameIsNamedSo() throws Exception {
        try (Server server = new Server(store("dns:elsewhere.example"))) {
            assertRefused(server.join(server.trusted()), ErrorCode.TLS_NAME);
        }
    }

    private void assertRefused(ServiceSession session, ErrorCode code) {
        assertThatThrownBy(() -> session.publish(Publication.of(media.audio(), media.video())))
                .isInstanceOfSatisfying(ServiceException.class, e -> {
                    assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
                    assertThat(e.isFinal()).as("is final").isFalse();
                });
        assertThat(media.open()).as("links that are still open").isZero();
        session.close();
    }

    /// @param name as `keytool` takes it
    private KeyStore store(String name) throws IOException, InterruptedException, GeneralSecurityException {
        Path file = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        file.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-alias",
                        "live",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=live",
                        "-ext",
                        "san=" + name)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).as("keytool ends").isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream content = Files.newInputStream(file)) {
            store.load(content, PASSWORD);
        }
        return store;
    }

    private final class Server implements AutoCloseable {
        private final HttpsServer server;
        private final KeyStore store;

        Server(KeyStore store) throws IOException, GeneralSecurityException {
            this.store = store;
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            server = HttpsServer.create(new InetSocketAddress(loopback, 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(context));
            server.createContext("/", Server::answer);
            server.start();
        }

        private static void answer(HttpExchange exchange) throws IOException {
            byte[] answer = "v=0 answer".getBytes(UTF_8);
            exchange.getRequestBody().readAllBytes();
            boolean isOffer = exchange.getRequestMethod().equals("POST");
            exchange.getResponseHeaders().add("Location", "/resource/1");
            exchange.sendResponseHeaders(isOffer ? 201 : 200, isOffer ? answer.length : -1);
            if (isOffer) exchange.getResponseBody().write(answer);
            exchange.close();
        }

        LiveService live() {
            String base = "https://127.0.0.1:" + server.getAddress().getPort();
            return LiveService.at(base + "/whip/{stream}", base + "/whep/{stream}", SystemTime.CLOCK);
        }

        LiveService trusted() throws GeneralSecurityException, IOException {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("live", store.getCertificate("live"));
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            X509TrustManager manager = (X509TrustManager) factory.getTrustManagers()[0];
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return live().withTls(context.getSocketFactory(), manager);
        }

        ServiceSession join(LiveService service) {
            return service.join(
                    JoinRequest.of("any", "alice", "t0ken"), TransportPlan.direct(1), media, media.listener());
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
