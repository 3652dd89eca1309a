package io.callgate.client.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.callgate.client.failure.PathException;
import io.callgate.model.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class DialerTest {
    /// By `openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`.
    private static final String RELAY_PIN = "sha256/RPoRr2p4OfmKLDTiYXw/i+R/j7ejIlceP1sdPCQ814I=";

    private static final Login ALICE = new Login("alice", "wonder:land");
    private static final Names NONE = name -> {
        throw new UnknownHostException(name);
    };
    private static final Names LOOPBACK = name -> List.of(InetAddress.getLoopbackAddress());

    private final Dialer direct = Dialer.direct(NONE);

    // What the proxies of a test were asked for.
    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

    @Test
    void connectsAndHandsTheSocketOver() throws IOException {
        Attempt attempt = patient();
        try (LocalServer server = LocalServer.start(LocalServer::echo);
                Socket socket = direct.dial(server.address(), attempt)) {
            attempt.handOver();
            attempt.callOff();

            assertEchoes(socket);
        }
    }

    @Test
    void triesTheNextAddressOfAName() throws IOException {
        InetAddress nobody = InetAddress.getByName("127.0.0.99");
        Names both = name -> List.of(nobody, InetAddress.getLoopbackAddress());
        try (LocalServer server = LocalServer.start(LocalServer::echo);
                Socket socket = Dialer.direct(both).dial(server.named("relay.test"), patient())) {
            assertEchoes(socket);
        }
    }

    @Test
    void namesARefusal() throws IOException {
        HostPort nobody = closedPort();

        assertFails(() -> direct.dial(nobody, patient()), ErrorCode.TCP_REFUSED, "TCP to " + nobody + " is refused");
    }

    @Test
    void namesAMissingName() {
        assertFails(
                () -> direct.dial(HostPort.parse("relay.test", 443), patient()),
                ErrorCode.DNS_FAILED,
                "relay.test does not resolve");
    }

    @Test
    void doesNotWaitForASilentDnsServer() {
        CountDownLatch over = new CountDownLatch(1);
        Dialer dialer = Dialer.direct(name -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(name);
        });

        assertFails(
                () -> dialer.dial(
                        HostPort.parse("relay.test", 443), Attempt.within(new RealTime(), Duration.ofMillis(50))),
                ErrorCode.DNS_FAILED,
                "relay.test gets no answer from DNS within");
        over.countDown();
    }

    /// A full backlog: the kernel drops further SYNs, as a firewall does.
    @Test
    void namesASilentDrop() throws IOException {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HostPort there = new HostPort("127.0.0.1", full.getLocalPort());
            Attempt brief = Attempt.within(new RealTime(), Duration.ofSeconds(1));

            PathException failure = null;
            for (int i = 0; i < 20 && failure == null; i++) {
                failure = catchThrowableOfType(PathException.class, () -> direct.dial(there, brief));
            }

            assertThat(failure).isNotNull();
            assertThat(Objects.requireNonNull(failure).code()).isEqualTo(ErrorCode.TCP_BLOCKED);
            assertThat(failure.failure().cause()).startsWith("TCP to " + there + " gets no answer within ");
        }
    }

    @Test
    void anAttemptThatIsCalledOffEndsAtOnce() throws Exception {
        CountDownLatch asking = new CountDownLatch(1);
        Attempt attempt = patient();
        try (LocalServer silent = LocalServer.start(socket -> {
            head(socket);
            asking.countDown();
            socket.getInputStream().readAllBytes();
        })) {
            Dialer dialer = direct.through(Hop.HttpConnect.plain(silent.address(), Optional.empty()));
            Thread canceller = new Thread(() -> {
                awaitQuietly(asking);
                attempt.callOff();
            });
            canceller.start();

            assertFails(() -> dialer.dial(HostPort.parse("sfu.test", 443), attempt), ErrorCode.TCP_RESET, "HTTP proxy");
            canceller.join();
        }
    }

    // -------------------------------------------------------------------------------------------------- HTTP CONNECT

    @Test
    void anHttpProxyGetsTheNameAndTheLogin() throws IOException {
        try (LocalServer proxy = httpProxy("HTTP/1.1 200 Connection established\r\nVia: 1.1 corp\r\n\r\n");
                Socket socket = direct.through(Hop.HttpConnect.plain(proxy.address(), Optional.of(ALICE)))
                        .dial(HostPort.parse("sfu.test", 8443), patient())) {
            assertEchoes(socket);
        }

        assertThat(asked.poll())
                .isEqualTo("CONNECT sfu.test:8443 HTTP/1.1\r\nHost: sfu.test:8443\r\nProxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString("alice:wonder:land".getBytes(StandardCharsets.UTF_8))
                        + "\r\n\r\n");
    }

    /// In the answers `~` stands for the end of a line.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "407 No~Proxy-Authenticate: Basic realm=corp~~ | PROXY_AUTH_REQUIRED | password of alice (it offers"
                        + " Basic)",
                "401 No~WWW-Authenticate: Basic realm=corp~~   | PROXY_AUTH_REQUIRED | password of alice (it offers"
                        + " Basic)",
                "407 No~Proxy-Authenticate: NTLM~~             | PROXY_AUTH_REQUIRED | (it offers NTLM)",
                "403 Forbidden~~                               | HTTP_TUNNEL_FAILED  | answers 403 Forbidden when"
                        + " asked",
                "502 Bad Gateway~~                             | HTTP_TUNNEL_FAILED  | answers 502 Bad Gateway",
                "OK~~                                          | HTTP_TUNNEL_FAILED  | does not answer in HTTP",
            })
    void namesWhatAnHttpProxyHasAgainstIt(String answer, ErrorCode code, String cause) throws IOException {
        try (LocalServer proxy = httpProxy("HTTP/1.1 " + answer.replace("~", "\r\n"))) {
            Dialer dialer = direct.through(Hop.HttpConnect.plain(proxy.address(), Optional.of(ALICE)));

            assertFails(() -> dialer.dial(HostPort.parse("sfu.test", 443), patient()), code, cause);
        }
    }

    @Test
    void seesThatItIsNoHttpProxy() throws IOException {
        try (LocalServer proxy = httpProxy("SSH-2.0-OpenSSH_9.2\r\n")) {
            Dialer dialer = direct.through(Hop.HttpConnect.plain(proxy.address(), Optional.of(ALICE)));

            assertFails(
                    () -> dialer.dial(HostPort.parse("sfu.test", 443), patient()),
                    ErrorCode.HTTP_TUNNEL_FAILED,
                    "does not answer in HTTP");
        }
    }

    @Test
    void asksForALoginWhereThereIsNone() throws IOException {
        try (LocalServer proxy = httpProxy("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"corp\"\r\n\r\n")) {
            Dialer dialer = direct.through(Hop.HttpConnect.plain(proxy.address(), Optional.empty()));

            assertFails(
                    () -> dialer.dial(HostPort.parse("sfu.test", 443), patient()),
                    ErrorCode.PROXY_AUTH_REQUIRED,
                    "wants a user name and password");
        }
    }

    // -------------------------------------------------------------------------------------------------------- SOCKS5

    @ParameterizedTest(name = "method {0}")
    @CsvSource({"0", "2"})
    void aSocks5ProxyGetsTheNameAsAName(int method) throws IOException {
        try (LocalServer proxy = LocalServer.start(socket -> socks5(socket, method, true, 0));
                Socket socket = direct.through(new Hop.Socks5(proxy.address(), Optional.of(ALICE)))
                        .dial(HostPort.parse("sfu.test", 8443), patient())) {
            assertEchoes(socket);
        }

        assertThat(asked.poll()).isEqualTo("0002"); // none, and user name with password
        if (method == 2) assertThat(asked.poll()).isEqualTo("alice wonder:land");
        assertThat(asked.poll()).isEqualTo("sfu.test:8443");
    }

    @ParameterizedTest
    @CsvSource({
        "255, true,  0, PROXY_AUTH_REQUIRED, takes neither",
        "2,   false, 0, PROXY_AUTH_REQUIRED, does not take the user name and password of alice",
        "0,   true,  2, SOCKS5_FAILED,       not allowed by its rules",
        "0,   true,  5, SOCKS5_FAILED,       connection refused",
        "0,   true, 99, SOCKS5_FAILED,       reply 99",
    })
    void namesWhatASocks5ProxyHasAgainstIt(int method, boolean takes, int reply, ErrorCode code, String cause)
            throws IOException {
        try (LocalServer proxy = LocalServer.start(socket -> socks5(socket, method, takes, reply))) {
            Dialer dialer = direct.through(new Hop.Socks5(proxy.address(), Optional.of(ALICE)));

            assertFails(() -> dialer.dial(HostPort.parse("sfu.test", 443), patient()), code, cause);
        }
    }

    @Test
    void seesThatItIsNoSocks5Proxy() throws IOException {
        try (LocalServer waits = httpProxy("HTTP/1.1 400 Bad Request\r\n\r\n");
                LocalServer answers = LocalServer.start(socket -> {
                    socket.getInputStream().readNBytes(3); // the greeting
                    socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(ISO_8859_1));
                })) {
            Attempt second = patient().atMost(Duration.ofSeconds(1));

            assertFails(
                    () -> through(waits).dial(HostPort.parse("sfu.test", 443), second),
                    ErrorCode.SOCKS5_VERSION,
                    "does not answer a greeting in SOCKS5");
            assertFails(
                    () -> through(answers).dial(HostPort.parse("sfu.test", 443), patient()),
                    ErrorCode.SOCKS5_VERSION,
                    "does not answer in SOCKS5");
        }
    }

    private Dialer through(LocalServer proxy) {
        return direct.through(new Hop.Socks5(proxy.address(), Optional.empty()));
    }

    @Test
    void oneProxyLeadsToTheNext() throws IOException {
        try (LocalServer server = LocalServer.start(LocalServer::echo);
                LocalServer inner = LocalServer.start(socket -> socks5(socket, 0, true, 0));
                LocalServer outer = LocalServer.start(socket -> forward(socket, inner.address()));
                Socket socket = direct.through(Hop.HttpConnect.plain(outer.address(), Optional.empty()))
                        .through(new Hop.Socks5(inner.named("relay.test"), Optional.empty()))
                        .dial(server.named("sfu.test"), patient())) {
            assertEchoes(socket);

            assertThat(asked.poll())
                    .startsWith("CONNECT relay.test:" + inner.address().port() + " ");
            assertThat(asked.poll()).isEqualTo("00");
            assertThat(asked.poll()).startsWith("sfu.test:");
        }
    }

    @Test
    void nothingLeavesAroundAProxy() throws IOException {
        HostPort proxy = closedPort();
        Dialer dialer = direct.through(Hop.HttpConnect.plain(proxy, Optional.empty()));

        assertFails(() -> dialer.dial(HostPort.parse("sfu.test", 443), patient()), ErrorCode.TCP_REFUSED, "" + proxy);
        assertFails(
                () -> dialer.datagrams(HostPort.parse("127.0.0.1", 443), patient()),
                ErrorCode.UDP_BLOCKED,
                "cannot go through HTTP proxy");
    }

    @Test
    void datagramsGoToThatHostAlone() throws IOException {
        try (DatagramSocket socket = Dialer.direct(LOOPBACK).datagrams(HostPort.parse("relay.test", 443), patient())) {
            assertThat(socket.getRemoteSocketAddress()).hasToString("localhost/127.0.0.1:443");
        }
    }

    // ----------------------------------------------------------------------------------------------------------- TLS

    @Test
    void trustsItsOwnAuthorityForTheRightName() throws IOException {
        assertTlsEchoes("relay.p12", "relay.test", Trust.authorities(pem("relay.pem")));
    }

    @Test
    void trustsThePinnedKeyUnderAnyName() throws IOException {
        assertTlsEchoes("relay.p12", "other.test", Trust.pin(RELAY_PIN));
    }

    @Test
    void theCertificateMayBeForAnotherNameThatWasGiven() throws IOException {
        assertTlsEchoes(
                "relay.p12", "entry.test", Trust.authorities(pem("relay.pem")).forServerName("relay.test"));
    }

    @Test
    void aNameThatWasGivenStaysWhereTheServerSendsElsewhere() throws IOException {
        Trust given = Trust.authorities(pem("relay.pem")).forServerName("relay.test");

        assertTlsEchoes("relay.p12", "entry.test", given.orServerName("198.51.100.9"));
    }

    @Test
    void namesWhoInterceptsAPinnedConnection() throws IOException {
        assertTlsFails(
                "inspector.p12", "relay.test", Trust.pin(RELAY_PIN), ErrorCode.TLS_INTERCEPTED, "Corp Inspection CA");
    }

    @Test
    void namesAnIssuerThatIsNotTrusted() throws IOException {
        assertTlsFails(
                "inspector.p12",
                "relay.test",
                Trust.authorities(pem("relay.pem")),
                ErrorCode.TLS_INTERCEPTED,
                "Corp Inspection CA");
        assertTlsFails("inspector.p12", "relay.test", Trust.system(), ErrorCode.TLS_INTERCEPTED, "Corp Inspection CA");
    }

    @Test
    void tellsASelfSignedCertificateAndItsPin() throws IOException {
        assertTlsFails(
                "relay.p12", "relay.test", Trust.system(), ErrorCode.TLS_UNTRUSTED, "signed itself: \"CN=relay.test\"");
    }

    @Test
    void namesACertificateForAnotherName() throws IOException {
        assertTlsFails(
                "relay.p12",
                "other.test",
                Trust.authorities(pem("relay.pem")),
                ErrorCode.TLS_NAME,
                "is for \"CN=relay.test\"");
    }

    @Test
    void asksForTheClockWhenACertificateIsNotValidNow() throws IOException {
        assertTlsFails(
                "expired.p12",
                "relay.test",
                Trust.authorities(pem("expired.pem")),
                ErrorCode.TLS_UNTRUSTED,
                "valid from 2020-01-01T00:00:00Z to 2020-01-31T00:00:00Z, not now");
    }

    @Test
    void tellsThatTheClockIsBehindWhenACertificateIsNotValidYet() throws IOException {
        assertTlsFails(
                "future.p12",
                "relay.test",
                Trust.authorities(pem("future.pem")),
                ErrorCode.TLS_UNTRUSTED,
                "valid from 2090-01-01T00:00:00Z to 2090-01-31T00:00:00Z, not now: this machine's clock says 20");
    }

    @Test
    void seesThatAPortSpeaksNoTls() throws IOException {
        try (LocalServer server = LocalServer.start(socket -> {
            socket.getInputStream().read();
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(ISO_8859_1));
        })) {
            assertFails(
                    () -> Dialer.direct(LOOPBACK)
                            .dialTls(server.named("relay.test"), Trust.system(), List.of(), patient()),
                    ErrorCode.TLS_FAILED,
                    "no TLS with relay.test");
        }
    }

    @Test
    void seesThatTlsIsCut() throws IOException {
        try (LocalServer server = LocalServer.start(socket -> {
            socket.getInputStream().read();
            socket.setSoLinger(true, 0);
        })) {
            assertFails(
                    () -> Dialer.direct(LOOPBACK)
                            .dialTls(server.named("relay.test"), Trust.system(), List.of(), patient()),
                    ErrorCode.TCP_RESET,
                    "while the TLS handshake is under way");
        }
    }

    private static void assertTlsEchoes(String keyStore, String name, Trust trust) throws IOException {
        try (LocalServer server = LocalServer.startTls(keyStore, LocalServer::echo);
                Socket socket =
                        Dialer.direct(LOOPBACK).dialTls(server.named(name), trust, List.of("stun.turn"), patient())) {
            assertEchoes(socket);
        }
    }

    private static void assertTlsFails(String keyStore, String name, Trust trust, ErrorCode code, String cause)
            throws IOException {
        try (LocalServer server = LocalServer.startTls(keyStore, LocalServer::echo)) {
            assertFails(
                    () -> Dialer.direct(LOOPBACK).dialTls(server.named(name), trust, List.of(), patient()),
                    code,
                    cause);
        }
    }

    private static byte[] pem(String name) throws IOException {
        try (InputStream in = DialerTest.class.getResourceAsStream("/tls/" + name)) {
            return Objects.requireNonNull(in).readAllBytes();
        }
    }

    // ------------------------------------------------------------------------------------------------------- proxies

    private LocalServer httpProxy(String answer) {
        return LocalServer.start(socket -> {
            asked.add(head(socket));
            socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
            LocalServer.echo(socket);
        });
    }

    /// Really forwards, to the loopback port that was asked for.
    private void forward(Socket socket, HostPort to) throws IOException {
        asked.add(head(socket));
        socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
        try (Socket onward = new Socket(to.host(), to.port())) {
            Thread back = new Thread(() -> {
                try {
                    onward.getInputStream().transferTo(socket.getOutputStream());
                } catch (IOException e) {
                    // The test is over.
                }
            });
            back.start();
            socket.getInputStream().transferTo(onward.getOutputStream());
        }
    }

    private void socks5(Socket socket, int method, boolean takesLogin, int reply) throws IOException {
        InputStream in = socket.getInputStream();
        in.read();
        byte[] methods = in.readNBytes(in.read());
        asked.add(HexFormat.of().formatHex(methods));
        socket.getOutputStream().write(new byte[] {5, (byte) method});
        if (method == 2) {
            in.read();
            String name = text(in);
            asked.add(name + " " + text(in));
            socket.getOutputStream().write(new byte[] {1, (byte) (takesLogin ? 0 : 1)});
        }
        in.readNBytes(4);
        String host = text(in);
        asked.add(host + ":" + (in.read() << 8 | in.read()));
        socket.getOutputStream().write(new byte[] {5, (byte) reply, 0, 1, 127, 0, 0, 1, 1, 1});
        LocalServer.echo(socket);
    }

    private static String text(InputStream in) throws IOException {
        int length = in.read();
        if (length < 0) throw new EOFException("the client has gone");
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) break;
            head.append((char) next);
        }
        return head.toString();
    }

    private static void assertEchoes(Socket socket) throws IOException {
        socket.getOutputStream().write(42);
        assertThat(socket.getInputStream().read()).isEqualTo(42);
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code, String cause) {
        PathException failure = catchThrowableOfType(PathException.class, call);
        assertThat(failure).isNotNull();
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure.failure().cause()).contains(cause);
        assertThat(failure.failure().mend()).isNotBlank();
    }

    private static HostPort closedPort() throws IOException {
        try (ServerSocket once = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new HostPort("127.0.0.1", once.getLocalPort());
        }
    }

    private static Attempt patient() {
        return Attempt.within(new RealTime(), Duration.ofSeconds(20));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
