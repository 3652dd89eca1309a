package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.relay.grant.DropReason;
import io.callgate.relay.tls.RecentHandshakes;
import io.callgate.relay.tls.TlsProvider;
import io.callgate.testkit.TestIdentity;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// TLS on a listener, with both providers: what is inside is served as on plain TCP, and what breaks is counted.
class TlsTest {
    private static TcpRelay start(TlsProvider provider, String... rules) {
        return TcpRelay.Setup.allowing(rules).by(provider).start();
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void servesTurnInside(TlsProvider provider) throws InterruptedException {
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call().startTls()) {
            caller.sendHex(Caller.STUN_ALLOCATE);

            assertThat(caller.readText(4)).isEqualTo("TURN");
            assertThat(relay.turnStreams.take()).isEqualTo("1 " + Caller.STUN_ALLOCATE);
            assertThat(relay.unproven()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void servesSocks5Inside(TlsProvider provider) {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = start(provider, "127.0.0.0/8");
                Caller caller = relay.call().startTls()) {
            assertThat(caller.socksLogin(TcpRelay.credential("bob"))).isTrue();
            assertThat(caller.socksConnect("127.0.0.1", echo.port())).isZero();
            caller.send("hello");

            assertThat(caller.readText(5)).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void servesConnectInside(TlsProvider provider) {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = start(provider, "127.0.0.0/8");
                Caller caller = relay.call().startTls("http/1.1")) {
            assertThat(caller.connect(echo.authority(), "").status()).isEqualTo(407);
            assertThat(caller.connect(echo.authority(), TcpRelay.credential("bob"))
                            .status())
                    .isEqualTo(200);
            caller.send("hello");

            assertThat(caller.readText(5)).isEqualTo("hello");
        }
    }

    @ParameterizedTest(name = "{0} {1} chooses {2}")
    @CsvSource({
        "BORINGSSL, stun.turn, stun.turn",
        "JDK, stun.turn, stun.turn",
        "BORINGSSL, foo, ''",
        "JDK, foo, ''",
        "BORINGSSL, foo stun.turn bar, stun.turn",
        "JDK, foo stun.turn bar, stun.turn",
        "BORINGSSL, '', ''",
        "JDK, '', ''"
    })
    void takesAnyAlpn(TlsProvider provider, String offered, String chosen) {
        String[] protocols = offered.isEmpty() ? new String[0] : offered.split(" ", -1);
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call().startTls(protocols)) {
            caller.sendHex(Caller.STUN_ALLOCATE);

            assertThat(caller.readText(4)).isEqualTo("TURN");
            assertThat(caller.tls().getApplicationProtocol()).isEqualTo(chosen);
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void whoAnnouncesTurnIsHeldToIt(TlsProvider provider) {
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call().startTls("stun.turn")) {
            caller.send("GET / HTTP/1.1\r\n\r\n");

            assertThat(caller.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.ALPN_MISMATCH)).isOne();
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "BORINGSSL, TLSv1.2, any.example",
        "JDK, TLSv1.2, any.example",
        "BORINGSSL, TLSv1.3, any.example",
        "JDK, TLSv1.3, any.example",
        "BORINGSSL, TLSv1.3, ''",
        "JDK, TLSv1.3, ''"
    })
    void takesBothVersionsAndAnyServerName(TlsProvider provider, String version, String serverName) {
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call().startTls(TlsClients.trusting(TestIdentity.ec()), parameters -> {
                    parameters.setProtocols(new String[] {version});
                    if (!serverName.isEmpty()) {
                        parameters.setServerNames(List.of(new SNIHostName(serverName)));
                    }
                })) {
            caller.sendHex(Caller.STUN_ALLOCATE);

            assertThat(caller.readText(4)).isEqualTo("TURN");
            assertThat(caller.tls().getSession().getProtocol()).isEqualTo(version);
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void tellsADistrustedCertificateFromOtherFailures(TlsProvider provider) {
        SSLContext stranger = TlsClients.trusting(TestIdentity.rsa());
        try (TcpRelay relay = start(provider)) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                try (Caller caller = relay.call()) {
                    assertThatThrownBy(() -> caller.startTls(stranger, only(version)))
                            .isInstanceOf(UncheckedIOException.class);
                }
            }

            relay.await(
                    "both counted",
                    () -> relay.drops(DropReason.CERTIFICATE_NOT_TRUSTED) + relay.drops(DropReason.TLS_HANDSHAKE_FAILED)
                            == 2);
            assertThat(relay.drops(DropReason.TLS_HANDSHAKE_FAILED)).isZero();
            assertThat(relay.recent()).isEqualTo(new RecentHandshakes.Recent(true, false, true));
            assertThat(relay.unproven()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void servesHttp2ByAlpnAndByItsFirstBytes(TlsProvider provider) {
        try (TcpRelay relay = start(provider);
                Caller announced = relay.call().startTls("h2", "http/1.1");
                Caller silent = relay.call().startTls()) {
            assertThat(announced.tls().getApplicationProtocol()).isEqualTo("h2");
            for (Caller caller : List.of(announced, silent)) {
                caller.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
                caller.sendHex("000000040000000000"); // empty SETTINGS

                assertThat(caller.read(9)[3])
                        .as("type of the first frame: SETTINGS")
                        .isEqualTo((byte) 4);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void tlsInsideAConnectToTheRelayItselfIsForTurnOnly(TlsProvider provider) throws InterruptedException {
        try (TcpRelay relay = start(provider)) {
            String itself = "127.0.0.1:" + relay.address().port();
            try (Caller plain = relay.call();
                    Caller twice = relay.call().startTls();
                    Caller other = relay.call();
                    Caller deeper = relay.call()) {
                for (Caller caller : List.of(plain, twice, other, deeper)) {
                    assertThat(caller.connect(itself, TcpRelay.credential("bob"))
                                    .status())
                            .isEqualTo(200);
                    caller.startTls();
                }
                for (Caller turn : List.of(plain, twice)) {
                    turn.sendHex(Caller.STUN_ALLOCATE);
                    assertThat(turn.readText(4)).isEqualTo("TURN");
                    assertThat(relay.turnStreams.take()).endsWith(Caller.STUN_ALLOCATE);
                }

                other.send(Caller.connectRequest("127.0.0.1:80", ""));
                assertThat(other.readToEnd()).isEmpty();
                assertThatThrownBy(deeper::startTls).isInstanceOf(UncheckedIOException.class);
                assertThat(relay.drops(DropReason.PROXY_LOOP)).isEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void thereIsNoTlsInTlsWithoutAConnect(TlsProvider provider) {
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call().startTls()) {
            assertThatThrownBy(caller::startTls).isInstanceOf(UncheckedIOException.class);
            assertThat(relay.drops(DropReason.UNKNOWN_PROTOCOL)).isOne();
        }
    }

    // ------------------------------------------------------------------------------------------------------- ends

    /// With TLS 1.3: a client of TLS 1.2 answers with its own end.
    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void theEndOfADestinationIsACloseNotifyAndTheOtherWayGoesOn(TlsProvider provider) throws InterruptedException {
        BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
        try (Destinations.Server server = Destinations.serving(client -> {
                    client.getOutputStream().write("bye".getBytes(StandardCharsets.US_ASCII));
                    client.shutdownOutput();
                    arrived.add(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
                });
                TcpRelay relay = start(provider, "127.0.0.0/8");
                Caller caller = relay.call().startTls(TlsClients.trustingAll(), only("TLSv1.3"))) {
            caller.connect(server.authority(), TcpRelay.credential("bob"));

            assertThat(caller.readToEnd())
                    .as("an end without close_notify would throw")
                    .asString()
                    .isEqualTo("bye");
            caller.send("still here");
            caller.finish();

            assertThat(arrived.take()).isEqualTo("still here");
            relay.await("tunnel ended", () -> relay.tunnels() == 0);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"BORINGSSL, TLSv1.2", "JDK, TLSv1.2", "BORINGSSL, TLSv1.3", "JDK, TLSv1.3"})
    void whatCameBeforeACloseNotifyArrivesAndThenBothWaysEnd(TlsProvider provider, String version)
            throws InterruptedException {
        BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
        try (Destinations.Server server = Destinations.serving(client ->
                        arrived.add(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)));
                TcpRelay relay = start(provider, "127.0.0.0/8");
                Caller caller = relay.call().startTls(TlsClients.trustingAll(), only(version))) {
            caller.connect(server.authority(), TcpRelay.credential("bob"));
            String much = "all of it ".repeat(20_000);
            caller.send(much);
            caller.finish();

            assertThat(arrived.take()).isEqualTo(much);
            relay.await("tunnel ended", () -> relay.tunnels() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void aLastAnswerEndsWithACloseNotify(TlsProvider provider) {
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call().startTls()) {
            caller.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

            assertThat(caller.readToEnd()).asString().startsWith("HTTP/1.1 404 ");
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void aTurnClientsCloseNotifyEndsItsStream(TlsProvider provider) {
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call().startTls()) {
            caller.sendHex(Caller.STUN_ALLOCATE);
            assertThat(caller.readText(4)).isEqualTo("TURN");

            caller.finish();

            assertThat(caller.readToEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void aResetEndsTheTunnel(TlsProvider provider) {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = start(provider, "127.0.0.0/8");
                Caller caller = relay.call().startTls()) {
            caller.connect(echo.authority(), TcpRelay.credential("bob"));

            caller.reset();

            relay.await("tunnel ended", () -> relay.tunnels() == 0);
            assertThat(relay.drops(DropReason.TLS_BROKEN)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void aCutOnEitherSideLooksLikeOneOnTheOther(TlsProvider provider) throws Exception {
        BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        try (Destinations.Server server = Destinations.serving(client -> {
                    accepted.add(client);
                    try {
                        ends.add("end after " + client.getInputStream().readAllBytes().length);
                    } catch (SocketException cut) {
                        ends.add("cut");
                    }
                });
                TcpRelay relay = start(provider, "127.0.0.0/8");
                Caller leaving = relay.call().startTls();
                Caller staying = relay.call().startTls()) {
            leaving.connect(server.authority(), TcpRelay.credential("bob"));
            accepted.take();
            leaving.reset();
            assertThat(ends.poll(20, TimeUnit.SECONDS)).isEqualTo("cut");

            staying.connect(server.authority(), TcpRelay.credential("bob"));
            Socket served = accepted.take();
            served.setSoLinger(true, 0);
            served.close();
            assertThatThrownBy(() -> staying.input().read())
                    .as("no close_notify: what came may not be all")
                    .isInstanceOf(IOException.class);
            relay.await("tunnels ended", () -> relay.tunnels() == 0);
        }
    }

    // --------------------------------------------------------------------------------------------- what breaks

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "BORINGSSL, 474554202f20485454502f312e310d0a0d0a", // plaintext
        "JDK, 474554202f20485454502f312e310d0a0d0a",
        "BORINGSSL, 17030300200000000000000000000000000000000000000000000000000000000000000000", // wrong seal
        "JDK, 17030300200000000000000000000000000000000000000000000000000000000000000000",
        "BORINGSSL, 1703030000", // no seal
        "JDK, 1703030000"
    })
    void aBrokenRecordEndsTheStreamAndIsCounted(TlsProvider provider, String hex) {
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call().startTls()) {
            caller.sendHex(Caller.STUN_BINDING);
            assertThat(caller.readText(4)).isEqualTo("TURN");

            sendTwice(caller, HexFormat.of().parseHex(hex));

            relay.await("counted", () -> relay.drops(DropReason.TLS_BROKEN) == 1);
            relay.await("gone", () -> relay.unproven() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void anOversizeRecordEndsTheStreamAndIsCounted(TlsProvider provider) {
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call().startTls()) {
            caller.sendHex(Caller.STUN_BINDING);
            assertThat(caller.readText(4)).isEqualTo("TURN"); // so the handshake is over at both ends

            byte[] record = new byte[5 + 0xFFFF];
            System.arraycopy(new byte[] {0x17, 3, 3, (byte) 0xFF, (byte) 0xFF}, 0, record, 0, 5);
            sendTwice(caller, record);

            relay.await("counted", () -> relay.drops(DropReason.TLS_BROKEN) == 1);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "BORINGSSL, 160301000400000000, TLS_HANDSHAKE_FAILED",
        "JDK, 160301000400000000, TLS_HANDSHAKE_FAILED",
        "BORINGSSL, 16474554202f20485454502f312e310d0a0d0a, TLS_HANDSHAKE_FAILED",
        "JDK, 16474554202f20485454502f312e310d0a0d0a, TLS_HANDSHAKE_FAILED",
        // a whole hello for TLS 1.1
        "BORINGSSL, 160301002d010000290302"
                + "0000000000000000000000000000000000000000000000000000000000000000000002c0130100,"
                + "TLS_NOTHING_IN_COMMON",
        "JDK, 160301002d010000290302"
                + "0000000000000000000000000000000000000000000000000000000000000000000002c0130100,"
                + "TLS_NOTHING_IN_COMMON"
    })
    void aHelloThatLeadsNowhereIsCounted(TlsProvider provider, String hex, DropReason reason) {
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call()) {
            caller.sendHex(hex);

            relay.await("counted", () -> relay.drops(reason) == 1);
            relay.await("gone", () -> relay.unproven() == 0);
            assertThat(relay.recent()).isEqualTo(new RecentHandshakes.Recent(true, false, false));
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void noCipherInCommonIsCounted(TlsProvider provider) {
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call()) {
            assertThatThrownBy(() -> caller.startTls(
                            TlsClients.trustingAll(),
                            parameters ->
                                    parameters.setCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"})))
                    .isInstanceOf(UncheckedIOException.class);

            relay.await("counted", () -> relay.drops(DropReason.TLS_NOTHING_IN_COMMON) == 1);
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void aClientMayNotRenegotiate(TlsProvider provider) {
        try (TcpRelay relay = start(provider);
                Caller caller = relay.call().startTls(TlsClients.trustingAll(), only("TLSv1.2"))) {
            caller.sendHex(Caller.STUN_BINDING);
            assertThat(caller.readText(4)).isEqualTo("TURN");

            assertThatThrownBy(() -> {
                        caller.tls().startHandshake();
                        caller.sendHex(Caller.STUN_BINDING);
                        assertThat(caller.readText(4)).isNotEqualTo("TURN");
                        throw new IOException("nothing came");
                    })
                    .isInstanceOfAny(IOException.class, UncheckedIOException.class);
            relay.await("counted", () -> relay.drops(DropReason.TLS_BROKEN) == 1);
        }
    }

    // ------------------------------------------------------------------------------------------------- slow clients

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void takesAHelloThatTricklesIn(TlsProvider provider) {
        try (TcpRelay relay = start(provider);
                Caller caller = new Caller(relay.address(), new TricklingSocket(40), 0).startTls()) {
            caller.sendHex(Caller.STUN_ALLOCATE);

            assertThat(caller.readText(4)).isEqualTo("TURN");
        }
    }

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void aHelloWithoutEndEndsAtTheDeadlineAndIsCountedOnce(TlsProvider provider) {
        try (TcpRelay relay = TcpRelay.Setup.allowing()
                        .by(provider)
                        .with(new StreamLimits(1000, 1000, Duration.ofMillis(800), Duration.ofSeconds(5)))
                        .start();
                Caller halfHello = relay.call();
                Caller silentAfterwards = relay.call().startTls()) {
            halfHello.sendHex("16030100c8010000c40303");

            assertThat(halfHello.readToEnd()).hasSizeLessThan(64); // an alert, perhaps
            assertThat(silentAfterwards.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.HANDSHAKE_TIMEOUT)).isEqualTo(2);
            assertThat(relay.drops(DropReason.TLS_HANDSHAKE_FAILED)).isZero();
            relay.await("gone", () -> relay.unproven() == 0);
        }
    }

    // --------------------------------------------------------------------------------------------------- replacing

    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void aNewCertificateIsSeenByNewClientsAndNoLiveOneIsLost(TlsProvider provider) {
        try (TcpRelay relay = start(provider)) {
            List<Caller> live = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Caller caller = relay.call().startTls();
                caller.sendHex(Caller.STUN_ALLOCATE);
                assertThat(caller.readText(4)).isEqualTo("TURN");
                live.add(caller);
            }
            relay.show(TestIdentity.rsa());

            try (Caller late = relay.call().startTls(TlsClients.trusting(TestIdentity.rsa()), parameters -> {})) {
                late.sendHex(Caller.STUN_ALLOCATE);
                assertThat(late.readText(4)).isEqualTo("TURN");
            }
            for (Caller caller : live) {
                caller.sendHex(Caller.STUN_BINDING);
                assertThat(caller.readText(4)).isEqualTo("TURN");
                caller.close();
            }
        }
    }

    /// BoringSSL says what it thinks of a broken record and is only asked again when the next one comes.
    private static void sendTwice(Caller caller, byte[] record) {
        caller.sendRaw(record);
        try {
            caller.sendRaw(record);
        } catch (UncheckedIOException ended) {
            return; // by the first one already
        }
    }

    private static Consumer<SSLParameters> only(String version) {
        return parameters -> parameters.setProtocols(new String[] {version});
    }

    /// Sends its first bytes one by one, 50 ms apart.
    private static final class TricklingSocket extends Socket {
        private static final long PAUSE_NANOS = 50_000_000;

        private int left;

        private TricklingSocket(int bytes) {
            left = bytes;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    int at = offset;
                    for (; left > 0 && at < offset + length; at++, left--) {
                        out.write(bytes, at, 1);
                        long since = System.nanoTime();
                        while (System.nanoTime() - since < PAUSE_NANOS) {
                            LockSupport.parkNanos(PAUSE_NANOS);
                        }
                    }
                    out.write(bytes, at, offset + length - at);
                }
            };
        }
    }
}
