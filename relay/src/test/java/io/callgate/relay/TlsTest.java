package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.relay.grant.DropReason;
import io.callgate.relay.tls.RecentHandshakes;
import io.callgate.relay.tls.TlsProvider;
import io.callgate.testkit.TestIdentity;
import java.io.UncheckedIOException;
import java.util.List;
import javax.net.ssl.SNIHostName;
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
            assertThat(caller.connect(echo.authority(), TcpRelay.credential("bob")).status())
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
        try (TcpRelay relay = start(provider)) {
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                try (Caller caller = relay.call()) {
                    assertThatThrownBy(() -> caller.startTls(
                                    TlsClients.trusting(TestIdentity.rsa()),
                                    parameters -> parameters.setProtocols(new String[] {version})))
                            .isInstanceOf(UncheckedIOException.class);
                }
            }

            relay.await("both counted", () -> relay.drops(DropReason.CERTIFICATE_NOT_TRUSTED) == 2);
            assertThat(relay.drops(DropReason.TLS_HANDSHAKE_FAILED)).isZero();
            assertThat(relay.recent()).isEqualTo(new RecentHandshakes.Recent(true, false, true));
            assertThat(relay.unproven()).isZero();
        }
    }
}
