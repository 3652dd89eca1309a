package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.Limits;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.NameResolver;
import io.callgate.testkit.FreePort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// SOCKS5 CONNECT over real sockets (RFC 1928, RFC 1929).
class Socks5Test {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    @Test
    void tunnelsWithCredential() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            assertThat(caller.socksLogin(TcpRelay.credential("bob"))).isTrue();

            assertThat(caller.socksConnect(LOOPBACK, echo.port())).isZero();

            caller.send("hello");
            assertThat(caller.readText(5)).isEqualTo("hello");
            assertThat(relay.tunnels()).isOne();
            caller.finish();
            assertThat(caller.readToEnd()).isEmpty();
            relay.await("grant closed", () -> !relay.hasGrants());
            assertThat(relay.tunnels()).isZero();
            assertThat(relay.bytesToPeer()).isEqualTo(5);
            assertThat(relay.bytesToClient()).isEqualTo(5);
        }
    }

    @Test
    void tunnelsForStaticUser() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            assertThat(caller.socksLogin("alice", "wonderland")).isTrue();

            assertThat(caller.socksConnect("127.0.0.1", echo.port())).isZero();
        }
    }

    @Test
    void tunnelsForTrustedNetworkWithoutCredential() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .trusting("127.0.0.0/8")
                        .start();
                Caller caller = relay.call()) {
            caller.send(new byte[] {5, 1, 0});
            assertThat(caller.read(2)).containsExactly(5, 0);

            assertThat(caller.socksConnect(LOOPBACK, echo.port())).isZero();
        }
    }

    @Test
    void asksForCredentialWheneverOneIsOffered() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().trusting("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            caller.send(new byte[] {5, 2, 0, 2});

            assertThat(caller.read(2)).containsExactly(5, 2);
        }
    }

    @ParameterizedTest(name = "{0} with password \"{1}\" is taken: {2}")
    @CsvSource({
        "root, '', true",
        "alice, '', true",
        "alice, guess, false",
        "root, guess, false",
        "alice, wonderland, true"
    })
    void takesAClientOfATrustedNetworkThatOffersBothMethodsAndHasNoPassword(
            String name, String password, boolean isTaken) {
        byte[] both = {5, 2, 0, 2};
        try (TcpRelay relay = TcpRelay.Setup.allowing().trusting("127.0.0.0/8").start();
                TcpRelay stranger = TcpRelay.Setup.allowing().start();
                Caller caller = relay.call();
                Caller withoutOffer = relay.call();
                Caller elsewhere = stranger.call()) {
            assertThat(caller.socksLogin(both, name, password)).isEqualTo(isTaken);

            boolean hasProof = password.equals("wonderland");
            assertThat(withoutOffer.socksLogin(name, password)).isEqualTo(hasProof);
            assertThat(elsewhere.socksLogin(both, name, password)).isEqualTo(hasProof);
        }
    }

    @Test
    void takesJavasOwnSocksClientFromATrustedNetwork() throws IOException {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .trusting("127.0.0.0/8")
                        .start();
                Socket socket = new Socket(new Proxy(
                        Proxy.Type.SOCKS,
                        new InetSocketAddress(
                                TcpRelay.LOOPBACK.toInetAddress(),
                                relay.address().port())))) {
            socket.connect(new InetSocketAddress(TcpRelay.LOOPBACK.toInetAddress(), echo.port()), 5_000);

            assertThat(relay.tunnels()).isOne();
        }
    }

    @ParameterizedTest(name = "methods {0}")
    @CsvSource({"050100", "050101", "05020001", "0501ff"})
    void acceptsNoMethodWithoutProof(String greeting) {
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            caller.sendHex(greeting);

            assertThat(caller.readToEnd()).containsExactly(5, 0xFF);
            assertThat(relay.drops(DropReason.NO_CREDENTIAL)).isOne();
        }
    }

    @ParameterizedTest(name = "command {0} answers {1}")
    @CsvSource({"2, 7, UNEXPECTED_MESSAGE", "3, 7, SOCKS5_UDP_UNSUPPORTED", "9, 7, UNEXPECTED_MESSAGE"})
    void refusesOtherCommands(int command, int reply, DropReason reason) {
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            caller.socksLogin(TcpRelay.credential("bob"));

            caller.send(Caller.socksRequest(command, LOOPBACK, 80));

            assertThat(caller.socksReply()).isEqualTo(reply);
            assertThat(caller.readToEnd()).isEmpty();
            assertThat(relay.drops(reason)).isOne();
        }
    }

    @ParameterizedTest(name = "request {0} answers {1}")
    @CsvSource({
        "05010001 7f000001 0016, 2, DESTINATION_NOT_ALLOWED", // a port that no rule allows
        "05010001 7f000001 0000, 2, DESTINATION_NOT_ALLOWED",
        "05010001 0a000001 0050, 2, DESTINATION_NOT_ALLOWED",
        "05010002, 8, MALFORMED", // no such address type
        "05010003 05 3132372e31 0050, 4, NAME_NOT_RESOLVED", // 127.1: an address to some, not to us
        "05010003 0a 3231333037303634 3333 0050, 4, NAME_NOT_RESOLVED", // 2130706433
        "05010003 07 6e6f776865 7265 0050, 4, NAME_NOT_RESOLVED" // nowhere
    })
    void refusesDestinations(String hex, int reply, DropReason reason) {
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8:80").start();
                Caller caller = relay.call()) {
            caller.socksLogin(TcpRelay.credential("bob"));

            caller.sendHex(hex.replace(" ", ""));

            assertThat(caller.socksReply()).isEqualTo(reply);
            assertThat(caller.readToEnd()).isEmpty();
            assertThat(relay.drops(reason)).isOne();
            assertThat(relay.hasGrants()).isFalse();
        }
    }

    @Test
    void saysWhenDestinationRefusesConnection() {
        int nobodys = FreePort.take();
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            caller.socksLogin(TcpRelay.credential("bob"));

            assertThat(caller.socksConnect(LOOPBACK, nobodys)).isEqualTo(5);
            assertThat(relay.drops(DropReason.CONNECT_FAILED)).isOne();
            relay.await("grant closed", () -> !relay.hasGrants());
        }
    }

    @Test
    void refusesWhileDrainingAndOverQuota() {
        Limits one = new Limits(100, 24, 0, 256, 256, 50, 1);
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay =
                        TcpRelay.Setup.allowing("127.0.0.0/8").with(one).start();
                Caller first = relay.call();
                Caller second = relay.call();
                Caller third = relay.call()) {
            first.socksLogin(TcpRelay.credential("bob"));
            assertThat(first.socksConnect(LOOPBACK, echo.port())).isZero();

            second.socksLogin(TcpRelay.credential("bob"));
            assertThat(second.socksConnect(LOOPBACK, echo.port())).isEqualTo(1);
            assertThat(relay.drops(DropReason.TUNNEL_QUOTA)).isOne();

            relay.drain();
            third.socksLogin(TcpRelay.credential("carol"));
            assertThat(third.socksConnect(LOOPBACK, echo.port())).isEqualTo(1);
            assertThat(relay.drops(DropReason.DRAINING)).isOne();
        }
    }

    @Test
    void p22_answersUnknownUserAndWrongPasswordAlike() {
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start()) {
            String right = TcpRelay.credential("bob").username();
            String[] names = {"alice", "nobody", right, right.replace("demo", "other"), "1:demo:bob", "%n\r\n"};

            for (String name : names) {
                try (Caller caller = relay.call()) {
                    assertThat(caller.socksLogin(name, "guess")).as(name).isFalse();
                    assertThat(caller.readToEnd()).as(name).isEmpty();
                }
            }

            assertThat(relay.drops(DropReason.WRONG_PASSWORD)).isEqualTo(2);
            assertThat(relay.drops(DropReason.UNKNOWN_APP)).isOne();
            assertThat(relay.drops(DropReason.CREDENTIAL_EXPIRED)).isOne();
            assertThat(relay.drops(DropReason.CREDENTIAL_MALFORMED)).isEqualTo(2);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"0500", "05010002", "0501020101", "050102 0001", "050102 01ff"})
    void closesOnGarbage(String hex) {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller caller = relay.call()) {
            caller.sendHex(hex.replace(" ", ""));
            caller.finish();

            assertThat(caller.readToEnd().length).isLessThanOrEqualTo(4);
            assertThat(relay.hasGrants()).isFalse();
        }
    }

    @Test
    void sendsWhatIsPipelinedBehindTheRequest() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .trusting("127.0.0.1/32")
                        .start();
                Caller caller = relay.call()) {
            byte[] greeting = {5, 1, 0};
            byte[] request = Caller.socksRequest(1, LOOPBACK, echo.port());
            byte[] all = Arrays.copyOf(greeting, greeting.length + request.length + 2);
            System.arraycopy(request, 0, all, greeting.length, request.length);
            all[all.length - 2] = 'h';
            all[all.length - 1] = 'i';

            caller.send(all);
            caller.finish();

            assertThat(caller.read(2)).containsExactly(5, 0);
            assertThat(caller.socksReply()).isZero();
            assertThat(caller.readToEnd()).asString().isEqualTo("hi");
        }
    }

    @Test
    void resolvesNames() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .with(Names.answering("echo.test", "127.0.0.1"))
                        .start();
                Caller caller = relay.call()) {
            caller.socksLogin(TcpRelay.credential("bob"));

            assertThat(caller.socksConnect("ECHO.test.", echo.port())).isZero();

            caller.send("hello");
            assertThat(caller.readText(5)).isEqualTo("hello");
        }
    }

    @Test
    void triesTheNextAddress() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .with(Names.answering("echo.test", "127.0.0.9", "127.0.0.1"))
                        .start();
                Caller caller = relay.call()) {
            caller.socksLogin(TcpRelay.credential("bob"));

            assertThat(caller.socksConnect("echo.test", echo.port())).isZero(); // the server is on 127.0.0.1 only
        }
    }

    @Test
    void givesUpWhenClientLeavesMeanwhile() {
        CompletableFuture<NameResolver.Resolved> never = new CompletableFuture<>();
        StreamLimits impatient = new StreamLimits(1000, 1000, Duration.ofSeconds(3), Duration.ofSeconds(3));
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                .with(impatient)
                .with((host, asker) -> never)
                .start()) {
            try (Caller caller = relay.call()) {
                caller.socksLogin(TcpRelay.credential("bob"));
                caller.send(Caller.socksRequest(1, "echo.test", 80));
            }

            relay.await("client gone", () -> relay.unproven() == 0);
            never.completeExceptionally(new UnknownHostException("late"));

            assertThat(relay.hasGrants()).isFalse();
            assertThat(relay.tunnels()).isZero();
        }
    }
}
