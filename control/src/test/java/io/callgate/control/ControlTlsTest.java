package io.callgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.control.rest.HttpPlace;
import io.callgate.control.store.StoreOptions;
import io.callgate.model.Secret;
import io.callgate.model.TlsIdentity;
import io.callgate.testkit.FakeClock;
import io.callgate.testkit.TestIdentity;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/// Control with a certificate of its own.
class ControlTlsTest {
    private static final StoreOptions STORE = StoreOptions.inMemory(
            "tls-" + UUID.randomUUID(), Secret.of("0123456789abcdef0123456789abcdef"), new FakeClock());

    @Test
    void replacesItsCertificateWithoutLosingAConnection() throws Exception {
        try (Control control = start(TestIdentity.ec());
                SSLSocket early = connect(control.port())) {
            assertThat(certificateOf(early)).isEqualTo(TestIdentity.ec().certificate());

            control.become(TestIdentity.rsa());

            for (int port : List.of(control.port(), control.consolePort())) {
                try (SSLSocket late = connect(port)) {
                    assertThat(certificateOf(late)).isEqualTo(TestIdentity.rsa().certificate());
                }
            }
            early.getOutputStream()
                    .write("GET /v1/apps HTTP/1.1\r\nHost: any\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(early.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 401");
        }
    }

    @Test
    void theConsolesCookiesTravelByTlsAlone() throws Exception {
        try (Control control = start(TestIdentity.ec());
                SSLSocket browser = connect(control.consolePort())) {
            browser.getOutputStream()
                    .write("GET /login HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .containsPattern("Set-Cookie: callgate-form=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Secure");
        }
    }

    @Test
    void speaksPlainHttpOnLoopbackOnly() {
        HttpPlace here = HttpPlace.onLoopback(0);
        HttpPlace everywhere = new HttpPlace(new InetSocketAddress("0.0.0.0", 0), false, "nothing");

        for (List<HttpPlace> places : List.of(List.of(everywhere, here), List.of(here, everywhere))) {
            assertThatThrownBy(() -> new ControlOptions(
                            STORE, places.getFirst(), Optional.of(places.getLast()), Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("give control a certificate");
        }
    }

    private static Control start(TlsIdentity identity) {
        return Control.start(new ControlOptions(
                STORE, HttpPlace.onLoopback(0), Optional.of(HttpPlace.onLoopback(0)), Optional.of(identity)));
    }

    private static SSLSocket connect(int port) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ec", TestIdentity.ec().certificate());
        trusted.setCertificateEntry("rsa", TestIdentity.rsa().certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    private static Certificate certificateOf(SSLSocket socket) throws Exception {
        return socket.getSession().getPeerCertificates()[0];
    }
}
