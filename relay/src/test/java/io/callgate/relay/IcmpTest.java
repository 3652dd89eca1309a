package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.relay.net.IoKind;
import io.callgate.wire.stun.AddressFamily;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.Method;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What ICMP says of a peer reaches the client (RFC 8656 §11.5), with the system's own ICMP on loopback.
class IcmpTest {
    private static final Attribute.Icmp PORT_UNREACHABLE = new Attribute.Icmp(3, 3, 0);
    private static final Attribute.Icmp PORT_UNREACHABLE_V6 = new Attribute.Icmp(1, 4, 0);

    private RelayFixture relay = RelayFixture.start();

    @BeforeEach
    void start() {
        relay.close();
        assumeTrue(IoKind.LINUX.problem().isEmpty(), "Netty's sockets are told of no ICMP");
        relay = RelayFixture.startInRealTime(new RelayFixture.State(), IoKind.LINUX);
    }

    @AfterEach
    void stop() {
        relay.close();
    }

    enum Way {
        UDP,
        TCP
    }

    private TurnClient client(Way way) {
        return way == Way.UDP
                ? relay.client("bob")
                : new TurnClient(new StreamPeer(relay.v4(), 0), relay.v4(), relay.login("bob"));
    }

    private static InetSocketAddress closedPort(UdpPeer peer) {
        InetSocketAddress address = peer.address();
        peer.close();
        return address;
    }

    private static void expectIcmp(TurnClient client, InetSocketAddress peer, Attribute.Icmp icmp) {
        Message told = TurnClient.decode(client.receiveRaw());
        assertThat(told.type()).isEqualTo(MessageClass.INDICATION);
        assertThat(told.method()).isEqualTo(Method.DATA);
        assertThat(told.attributes()).containsExactly(TurnClient.peer(peer), icmp);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aClosedPortIsToldToTheClientEachTime(Way way) {
        InetSocketAddress closed = closedPort(UdpPeer.v4());
        try (TurnClient client = client(way)) {
            client.allocate();
            client.permit(closed);

            client.sendTo(closed, new byte[] {1});
            expectIcmp(client, closed, PORT_UNREACHABLE);

            client.bind(0x4000, closed);
            for (int i = 0; i < 5; i++) {
                client.sendOn(0x4000, "anybody?");
                expectIcmp(client, closed, PORT_UNREACHABLE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClosedPortOfIpv6IsToldToo(boolean alsoOpenOne) {
        InetSocketAddress closed = closedPort(UdpPeer.v6());
        try (TurnClient client = relay.client6("bob");
                UdpPeer open = UdpPeer.v6()) {
            client.allocate(new Attribute.RequestedAddressFamily(AddressFamily.IPV6));
            client.permit(closed);

            client.sendTo(closed, new byte[] {1});
            if (alsoOpenOne) {
                client.sendTo(open.address(), "heard");
                assertThat(open.receive().text()).isEqualTo("heard");
            }

            expectIcmp(client, closed, PORT_UNREACHABLE_V6);
        }
    }

    /// The kernel tells of an error in the place of the next call: nobody else's packet may be lost by it.
    @ParameterizedTest
    @ValueSource(ints = {1, 20})
    void noPacketToOrFromAnotherPeerIsLostByIt(int atOnce) {
        InetSocketAddress closed = closedPort(UdpPeer.v4());
        try (TurnClient client = relay.client("bob");
                UdpPeer open = UdpPeer.v4()) {
            InetSocketAddress relayed = client.allocate();
            client.permit(closed);
            client.bind(0x4000, closed);
            client.bind(0x4001, open.address());

            int icmp = 0;
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < atOnce; i++) {
                    client.sendOn(0x4000, "nobody");
                    client.sendOn(0x4001, "to " + round + " " + i);
                    open.send(relayed, "from " + round + " " + i);
                }
                for (int i = 0; i < atOnce; i++) {
                    assertThat(open.receive().text()).isEqualTo("to " + round + " " + i);
                }
                for (int i = 0; i < atOnce; ) {
                    byte[] packet = client.receiveRaw();
                    if (packet[0] == 0) { // an indication: ICMP's
                        icmp++;
                    } else {
                        assertThat(new String(packet, 4, packet.length - 4, StandardCharsets.US_ASCII))
                                .isEqualTo("from " + round + " " + i++);
                    }
                }
            }
            assertThat(icmp).isPositive();
        }
    }
}
