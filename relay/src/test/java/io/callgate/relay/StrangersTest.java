package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.relay.grant.DropReason;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.RawIp;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.Method;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// S13: what a spoofed source can turn against its victim, or a relay against itself.
class StrangersTest {
    private static final int LIMIT = 30_000;
    private static final Duration WINDOW = Duration.ofSeconds(10);

    /// So few that none is lost in a socket's buffer.
    private static final int AT_ONCE = 100;

    private static final byte[] BINDING = TurnClient.message(MessageClass.REQUEST, Method.BINDING, TurnClient.newId());

    private final RelayFixture relay = RelayFixture.start();
    private final TurnClient session = relay.client("bob");

    @AfterEach
    void stop() {
        session.close();
        relay.close();
    }

    @Test
    void s13ASourceThatAsksTooMuchIsAnsweredNoMoreWhateverItsPort() {
        session.allocate(); // two requests of that source, and all that follow are of a session
        try (Logs logs = Logs.record();
                UdpPeer one = UdpPeer.v4();
                UdpPeer other = UdpPeer.v4();
                UdpPeer neighbour = UdpPeer.on("127.0.0.2")) {
            for (int asked = 0; asked < LIMIT; asked += AT_ONCE) {
                UdpPeer asking = asked / AT_ONCE % 2 == 0 ? one : other;
                ask(asking, AT_ONCE);
                takeAnswers(asking, asked < LIMIT - AT_ONCE ? AT_ONCE : AT_ONCE - 2);
            }
            session.settle();
            assertThat(relay.drops(DropReason.STRANGER_RATE)).isEqualTo(2);

            ask(one, AT_ONCE);
            session.settle();
            assertThat(relay.drops(DropReason.STRANGER_RATE)).isEqualTo(2 + AT_ONCE);
            ask(neighbour, 1);
            takeAnswers(neighbour, 1);

            relay.pass(WINDOW);
            ask(one, 1);
            takeAnswers(one, 1);
            assertThat(logs.ours()).containsExactly("strangers.limited");
            assertThat(logs.text()).contains("source=\"127.0.0.0\"").doesNotContain("127.0.0.1");
        }
    }

    private void ask(UdpPeer stranger, int times) {
        for (int i = 0; i < times; i++) {
            stranger.send(relay.v4(), BINDING);
        }
    }

    private static void takeAnswers(UdpPeer stranger, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(errorOf(TurnClient.decode(stranger.receive().bytes()))).isZero();
        }
    }

    /// Nobody listens on port 0; an answer to it is for somebody's firewall to wonder about.
    @Test
    void s13NothingIsAnsweredToPort0() throws IOException {
        try (RawIp forger = forger();
                UdpPeer peer = UdpPeer.v4()) {
            InetSocketAddress relayed = session.allocate();
            session.permit(peer.address());

            forger.send(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), relay.v4(), BINDING);
            session.settle();
            assertThat(relay.drops(DropReason.UNREADABLE)).isOne();

            forger.send(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), relayed, BINDING);
            peer.send(relayed, "fence");
            assertThat(session.receive().text()).isEqualTo("fence");
            assertThat(relay.drops(DropReason.UNREADABLE)).isEqualTo(2);
        }
    }

    @Test
    void s13ARequestFromOurOwnAddressStartsNoLoop() throws IOException {
        int otherPort = FreePort.take();
        relay.apply(new RelayFixture.State().also(otherPort));
        try (RawIp forger = forger()) {
            forger.send(relay.v4(), relay.v4(), BINDING);
            session.settle();
            assertThat(relay.drops(DropReason.OWN_ADDRESS)).as("not answered").isOne();

            forger.send(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), otherPort), relay.v4(), BINDING);
            relay.await("its answer has arrived", () -> relay.drops(DropReason.UNEXPECTED_MESSAGE) == 1);
            session.settle();
            session.settle();
            assertThat(relay.drops(DropReason.UNEXPECTED_MESSAGE))
                    .as("answers are not answered")
                    .isOne();
        }
    }

    private static RawIp forger() throws IOException {
        Optional<String> obstacle = RawIp.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElseThrow());
        return RawIp.open();
    }
}
