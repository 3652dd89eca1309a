package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.model.AppUsage;
import io.callgate.model.Limits;
import io.callgate.relay.TurnClient.Incoming;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.net.IoKind;
import io.callgate.wire.Bytes;
import io.callgate.wire.stun.AddressFamily;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 8656 §9 to §12 over UDP: permissions, Send and Data, channels. That nothing arrives is proved by what
/// arrives next: a packet that is allowed and was sent later.
class PermissionAndChannelTest {
    private static final int MAX_PAYLOAD_BYTES = 2_000;

    private RelayFixture relay = RelayFixture.start();
    private TurnClient client = relay.client("bob");
    private final UdpPeer peer = UdpPeer.v4();
    private final UdpPeer other = UdpPeer.on("127.0.0.2");

    private void restart(RelayFixture.State state) {
        restart(state, RelayFixture.io());
    }

    private void restart(RelayFixture.State state, IoKind io) {
        client.close();
        relay.close();
        relay = RelayFixture.start(state, 1, io);
        client = relay.client("bob");
    }

    private static InetSocketAddress at(String literal, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
    }

    @AfterEach
    void stop() {
        client.close();
        peer.close();
        other.close();
        relay.close();
    }

    @ParameterizedTest
    @EnumSource(IoKind.class)
    void sendAndDataIndicationsCarryPayloadsBothWays(IoKind io) {
        restart(new RelayFixture.State(), io);
        InetSocketAddress relayed = client.allocate();
        client.permit(peer.address());

        client.sendTo(peer.address(), "to peer");
        UdpPeer.Datagram there = peer.receive();
        peer.send(relayed, "to client");
        Incoming back = client.receive();

        assertThat(there.text()).isEqualTo("to peer");
        assertThat(there.from()).isEqualTo(relayed);
        assertThat(back.text()).isEqualTo("to client");
        assertThat(back.peer()).isEqualTo(peer.address());
        assertThat(back.channel()).isZero();
    }

    @ParameterizedTest
    @EnumSource(IoKind.class)
    void aChannelCarriesPayloadsBothWays(IoKind io) {
        restart(new RelayFixture.State(), io);
        InetSocketAddress relayed = client.allocate();
        client.bind(0x4000, peer.address());

        client.sendOn(0x4000, "to peer");
        UdpPeer.Datagram there = peer.receive();
        peer.send(relayed, "to client");
        Incoming back = client.receive();

        assertThat(there.text()).isEqualTo("to peer");
        assertThat(there.from()).isEqualTo(relayed);
        assertThat(back.text()).isEqualTo("to client");
        assertThat(back.channel()).isEqualTo(0x4000);
    }

    @Test
    void ipv6PeersAreReachedFromAnIpv6Client() {
        try (TurnClient six = relay.client6("bob");
                UdpPeer peer6 = UdpPeer.v6()) {
            InetSocketAddress relayed = six.allocate(new Attribute.RequestedAddressFamily(AddressFamily.IPV6));
            six.permit(peer6.address());

            six.sendTo(peer6.address(), "to peer");
            assertThat(peer6.receive().text()).isEqualTo("to peer");
            peer6.send(relayed, "by indication");
            assertThat(six.receive()).extracting(Incoming::peer).isEqualTo(peer6.address());
            six.bind(0x4FFF, peer6.address());
            peer6.send(relayed, "by channel");

            Incoming back = six.receive();
            assertThat(back.text()).isEqualTo("by channel");
            assertThat(back.channel()).isEqualTo(0x4FFF);
        }
    }

    @Test
    void aDualAllocationReachesPeersOfBothFamilies() {
        client.allocate(new Attribute.AdditionalAddressFamily(AddressFamily.IPV6));
        try (UdpPeer peer6 = UdpPeer.v6()) {
            assertThat(errorOf(client.tryPermit(peer.address(), peer6.address())))
                    .isZero();
            client.sendTo(peer6.address(), "six");
            client.sendTo(peer.address(), "four");

            assertThat(peer6.receive().text()).isEqualTo("six");
            assertThat(peer.receive().text()).isEqualTo("four");
        }
    }

    @ParameterizedTest
    @EnumSource(IoKind.class)
    void emptyPayloadsPassBothWaysByIndicationAndByChannel(IoKind io) {
        restart(new RelayFixture.State(), io);
        InetSocketAddress relayed = client.allocate();
        client.permit(peer.address());

        client.sendTo(peer.address(), "");
        assertThat(peer.receive().bytes()).isEmpty();
        peer.send(relayed, "");
        assertThat(client.receive().payload()).isEmpty();
        client.bind(0x4000, peer.address());
        client.sendOn(0x4000, "");
        assertThat(peer.receive().bytes()).isEmpty();
        peer.send(relayed, "");
        Incoming last = client.receive();

        assertThat(last.payload()).isEmpty();
        assertThat(last.channel()).isEqualTo(0x4000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 1200, MAX_PAYLOAD_BYTES})
    void payloadsOfEveryPaddingAndUpTo2000BytesArriveWhole(int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) 0x5A);
        InetSocketAddress relayed = client.allocate();
        client.permit(peer.address());

        client.sendTo(peer.address(), payload);
        assertThat(peer.receive().bytes()).isEqualTo(payload);
        peer.send(relayed, payload);
        assertThat(client.receive().payload()).isEqualTo(payload);
        client.bind(0x4000, peer.address());
        client.sendOn(0x4000, payload);
        assertThat(peer.receive().bytes()).isEqualTo(payload);
        peer.send(relayed, payload);
        assertThat(client.receive().payload()).isEqualTo(payload);
    }

    @Test
    void aPaddedChannelDataDatagramLosesItsPadding() {
        client.allocate();
        client.bind(0x4000, peer.address());

        client.send(new byte[] {0x40, 0x00, 0, 1, 'x', 0, 0, 0});

        assertThat(peer.receive().text()).isEqualTo("x");
    }

    @Test
    void aDatagramTooLongToBeRelayedWholeIsDroppedAndCounted() {
        InetSocketAddress relayed = client.allocate();
        client.permit(peer.address());

        peer.send(relayed, new byte[2_048]);
        peer.send(relayed, "next");

        assertThat(client.receive().text()).isEqualTo("next");
        assertThat(relay.drops(DropReason.UNREADABLE)).isEqualTo(1);
    }

    @Test
    void withoutPermissionNothingPassesEitherWay() {
        InetSocketAddress relayed = client.allocate();
        client.permit(peer.address());

        client.sendTo(other.address(), "refused");
        client.settle();
        peer.send(other.address(), "fence");
        assertThat(other.receive().text()).isEqualTo("fence");
        other.send(relayed, "refused");
        peer.send(relayed, "fence");

        assertThat(client.receive().text()).isEqualTo("fence");
        assertThat(relay.drops(DropReason.NO_PERMISSION)).isEqualTo(2);
    }

    @Test
    void aPermissionIsForAnAddressAndAnyOfItsPorts() {
        InetSocketAddress relayed = client.allocate();
        client.permit(new InetSocketAddress(peer.address().getAddress(), 1));
        try (UdpPeer second = UdpPeer.v4()) {
            client.sendTo(second.address(), "hello");
            assertThat(second.receive().text()).isEqualTo("hello");
            second.send(relayed, "hello yourself");

            assertThat(client.receive().peer()).isEqualTo(second.address());
        }
    }

    @Test
    void aPermissionLivesFiveMinutesAndTrafficDoesNotRenewIt() {
        InetSocketAddress relayed = client.allocate();
        client.permit(peer.address());
        client.permit(other.address());

        relay.pass(Duration.ofSeconds(200));
        client.sendTo(peer.address(), "alive");
        assertThat(peer.receive().text()).isEqualTo("alive");
        client.permit(other.address());
        relay.pass(Duration.ofSeconds(100));
        client.sendTo(peer.address(), "too late");
        peer.send(relayed, "too late");
        client.sendTo(other.address(), "renewed");
        other.send(relayed, "renewed");

        assertThat(other.receive().text()).isEqualTo("renewed");
        assertThat(client.receive().peer()).isEqualTo(other.address());
        assertThat(relay.drops(DropReason.NO_PERMISSION)).isEqualTo(2);
    }

    @Test
    void aChannelLivesTenMinutesAndItsPermissionFive() {
        InetSocketAddress relayed = client.allocate(new Attribute.Lifetime(3600));
        client.bind(0x4000, peer.address());
        client.permit(other.address());

        relay.pass(Duration.ofMinutes(5));
        client.permit(other.address());
        peer.send(relayed, "permission is over");
        other.send(relayed, "fence");
        assertThat(client.receive().text()).isEqualTo("fence");
        client.permit(peer.address());
        peer.send(relayed, "channel still there");
        assertThat(client.receive().channel()).isEqualTo(0x4000);
        relay.pass(Duration.ofSeconds(299));
        client.sendOn(0x4000, "last second");
        assertThat(peer.receive().text()).isEqualTo("last second");
        relay.pass(Duration.ofSeconds(1));
        client.permit(peer.address());
        client.sendOn(0x4000, "over");
        peer.send(relayed, "by indication again");

        assertThat(client.receive().channel()).isZero();
        assertThat(relay.drops(DropReason.NO_CHANNEL)).isEqualTo(1);
        assertThat(relay.drops(DropReason.NO_PERMISSION)).isEqualTo(1);
    }

    @Test
    void bindingAgainRenewsChannelAndPermission() {
        InetSocketAddress relayed = client.allocate(new Attribute.Lifetime(3600));
        client.bind(0x4000, peer.address());
        for (int i = 0; i < 5; i++) {
            relay.pass(Duration.ofSeconds(250));
            client.bind(0x4000, peer.address());
        }
        relay.pass(Duration.ofSeconds(250));

        peer.send(relayed, "alive");

        assertThat(client.receive().channel()).isEqualTo(0x4000);
    }

    @Test
    void aChannelMayHaveAnotherPeerOnceItsTimeIsOver() {
        client.allocate(new Attribute.Lifetime(3600));
        client.bind(0x4000, peer.address());
        assertThat(errorOf(client.tryBind(0x4000, other.address()))).isEqualTo(400);

        relay.pass(Duration.ofMinutes(10));

        assertThat(errorOf(client.tryBind(0x4000, other.address()))).isZero();
        assertThat(errorOf(client.tryBind(0x4001, peer.address()))).isZero();
    }

    @Test
    void aBoundChannelOrPeerIsNotBoundTwice() {
        client.allocate();
        client.bind(0x4000, peer.address());

        assertThat(errorOf(client.tryBind(0x4000, other.address()))).isEqualTo(400);
        assertThat(errorOf(client.tryBind(0x4001, peer.address()))).isEqualTo(400);
        assertThat(errorOf(client.tryBind(0x4000, peer.address()))).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x3FFF, 0x8000, 0xFFFF})
    void aChannelNumberOutsideItsRangeIs400(int number) {
        client.allocate();

        assertThat(errorOf(client.tryBind(number, peer.address()))).isEqualTo(400);
    }

    @Test
    void channelBindWithoutNumberOrPeerAndCreatePermissionWithoutPeerAre400() {
        client.allocate();

        assertThat(errorOf(client.request(Method.CHANNEL_BIND, TurnClient.peer(peer.address()))))
                .isEqualTo(400);
        assertThat(errorOf(client.request(Method.CHANNEL_BIND, new Attribute.ChannelNumber(0x4000))))
                .isEqualTo(400);
        assertThat(errorOf(client.tryPermit())).isEqualTo(400);
    }

    @Test
    void aPeerOfAnotherFamilyIs443() {
        client.allocate();
        InetSocketAddress six = at("::1", 5000);

        assertThat(errorOf(client.tryPermit(six))).isEqualTo(443);
        assertThat(errorOf(client.tryBind(0x4000, six))).isEqualTo(443);
        client.sendTo(six, "dropped");
        client.settle();
        assertThat(relay.drops(DropReason.WRONG_FAMILY)).isEqualTo(3);
    }

    @Test
    void createPermissionWithOneRefusedPeerInstallsNone() {
        restart(new RelayFixture.State().apps(RelayFixture.app("demo", "127.0.0.1/32")));
        client.allocate();

        assertThat(errorOf(client.tryPermit(peer.address(), other.address()))).isEqualTo(403);

        client.sendTo(peer.address(), "not permitted");
        client.settle();
        assertThat(relay.drops(DropReason.NO_PERMISSION)).isEqualTo(1);
    }

    @Test
    void anAllowedAddressOnAPortThatIsNotIsRefusedByChannelBindSendAndInbound() {
        int open = peer.address().getPort();
        restart(new RelayFixture.State().apps(RelayFixture.app("demo", "127.0.0.1/32:" + open)));
        InetSocketAddress relayed = client.allocate();
        try (UdpPeer closed = UdpPeer.v4()) {
            assertThat(errorOf(client.tryPermit(closed.address())))
                    .as("has no port")
                    .isZero();
            assertThat(errorOf(client.tryBind(0x4000, closed.address()))).isEqualTo(403);

            client.sendTo(closed.address(), "refused");
            client.settle();
            peer.send(closed.address(), "fence");
            assertThat(closed.receive().text()).isEqualTo("fence");
            closed.send(relayed, "refused");
            peer.send(relayed, "fence");
            assertThat(client.receive().text()).isEqualTo("fence");
            client.bind(0x4000, peer.address());
            client.sendOn(0x4000, "open");
            assertThat(peer.receive().text()).isEqualTo("open");
            assertThat(relay.drops(DropReason.DESTINATION_NOT_ALLOWED)).isEqualTo(3);
        }
    }

    @Test
    void port0IsNeverAPeer() {
        client.allocate();
        InetSocketAddress zero = at("127.0.0.1", 0);
        assertThat(errorOf(client.tryPermit(zero))).isZero();

        assertThat(errorOf(client.tryBind(0x4000, zero))).isEqualTo(403);
        client.sendTo(zero, "nowhere");
        client.settle();

        assertThat(relay.drops(DropReason.DESTINATION_NOT_ALLOWED)).isEqualTo(2);
        assertThat(relay.drops(DropReason.SEND_FAILED)).isZero();
    }

    @Test
    void sendWithAnUnknownRequiredAttributeIsDroppedAndDontFragmentWhereTheSocketsCannotDoIt() {
        restart(new RelayFixture.State(), IoKind.NIO);
        client.allocate();
        client.permit(peer.address());
        Attribute data = new Attribute.Data(Bytes.of(new byte[] {1}));

        client.indicate(TurnClient.peer(peer.address()), data, new Attribute.Unknown(0x7ABC, Bytes.EMPTY));
        client.indicate(TurnClient.peer(peer.address()), data, new Attribute.DontFragment());
        client.indicate(TurnClient.peer(peer.address()));
        client.indicate(data);
        client.indicate(TurnClient.peer(peer.address()), data, new Attribute.Unknown(0xFABC, Bytes.EMPTY));

        assertThat(peer.receive().bytes()).containsExactly(1);
        assertThat(relay.drops(DropReason.UNKNOWN_ATTRIBUTE)).isEqualTo(2);
        assertThat(relay.drops(DropReason.MALFORMED)).isEqualTo(2);
    }

    @Test
    void sendWithDontFragmentGoesOutWhereTheSocketsCanDoIt() {
        assumeTrue(IoKind.LINUX.problem().isEmpty(), "Netty's sockets cannot");
        restart(new RelayFixture.State(), IoKind.LINUX);
        client.allocate(new Attribute.DontFragment());
        client.permit(peer.address());
        Attribute data = new Attribute.Data(Bytes.of(new byte[] {1}));

        client.indicate(TurnClient.peer(peer.address()), data, new Attribute.DontFragment());
        client.indicate(TurnClient.peer(peer.address()), new Attribute.DontFragment(), data);

        assertThat(peer.receive().bytes()).containsExactly(1);
        assertThat(peer.receive().bytes()).containsExactly(1);
        assertThat(relay.drops(DropReason.UNKNOWN_ATTRIBUTE)).isZero();
    }

    @Test
    void twoClientsOfOneAppReachEachOtherThroughTheirRelayedAddresses() {
        restart(new RelayFixture.State().apps(RelayFixture.app("demo")));
        try (TurnClient second = relay.client("eve")) {
            InetSocketAddress ofBob = client.allocate();
            InetSocketAddress ofEve = second.allocate();
            client.permit(ofEve);
            second.permit(ofBob);

            client.sendTo(ofEve, "hello");
            Incoming hello = second.receive();
            second.bind(0x4000, ofBob);
            second.sendOn(0x4000, "hello yourself");

            assertThat(hello.peer()).isEqualTo(ofBob);
            assertThat(client.receive().text()).isEqualTo("hello yourself");
        }
    }

    @Test
    void overItsPermissionsOrChannelsAnAllocationGets508AndOthersAreServed() {
        restart(new RelayFixture.State()
                .apps(RelayFixture.app(
                        "demo", RelayFixture.SECRET, new Limits(10, 10, 0, 3, 2, 10, 10), "127.0.0.0/8")));
        client.allocate();
        client.bind(0x4000, at("127.0.0.1", 1001));
        client.bind(0x4001, at("127.0.0.1", 1002));
        Message thirdChannel = client.tryBind(0x4002, at("127.0.0.1", 1003));
        client.permit(at("127.0.0.2", 1));
        client.permit(at("127.0.0.3", 1));
        Message fourthPermission = client.tryPermit(at("127.0.0.4", 1));

        assertThat(errorOf(thirdChannel)).isEqualTo(508);
        assertThat(TurnClient.reasonOf(thirdChannel)).contains("limit of channels");
        assertThat(errorOf(fourthPermission)).isEqualTo(508);
        assertThat(TurnClient.reasonOf(fourthPermission)).contains("limit of permissions");
        assertThat(errorOf(client.tryPermit(at("127.0.0.3", 9)))).as("renewed").isZero();
        try (TurnClient second = relay.client("bob")) {
            second.allocate();
            second.permit(at("127.0.0.4", 1));
        }
        relay.pass(Duration.ofMinutes(5));
        client.permit(at("127.0.0.4", 1));
    }

    @Test
    void newPeersThatComeTooFastAre508() {
        restart(new RelayFixture.State()
                .apps(RelayFixture.app(
                        "demo", RelayFixture.SECRET, new Limits(10, 10, 0, 100, 100, 2, 10), "127.0.0.0/8")));
        client.allocate();
        client.permit(at("127.0.0.1", 1));
        client.permit(at("127.0.0.2", 1));
        assertThat(errorOf(client.tryPermit(at("127.0.0.3", 1)))).isEqualTo(508);
        assertThat(relay.drops(DropReason.NEW_PEER_RATE)).isEqualTo(1);
        client.permit(at("127.0.0.1", 7));

        relay.pass(Duration.ofMillis(500));

        client.permit(at("127.0.0.3", 1));
    }

    @Test
    void overItsRateAnAppsPacketsAreDroppedAndCounted() {
        restart(new RelayFixture.State()
                .apps(RelayFixture.app(
                        "demo", RelayFixture.SECRET, new Limits(10, 10, 80, 10, 10, 10, 10), "127.0.0.0/8")));
        client.allocate();
        client.bind(0x4000, peer.address());
        byte[] second = new byte[1000]; // 80 kbit/s are 10 kB/s; 200 ms may be ahead
        for (int i = 0; i < 10; i++) {
            client.sendOn(0x4000, second);
        }
        client.settle();
        long dropped = relay.drops(DropReason.OVER_RATE);
        assertThat(dropped).isBetween(7L, 9L);

        relay.pass(Duration.ofSeconds(1));
        client.sendOn(0x4000, "later");

        for (int i = 0; i < 10 - dropped; i++) {
            assertThat(peer.receive().bytes()).hasSize(1000);
        }
        assertThat(peer.receive().text()).isEqualTo("later");
    }

    @Test
    void usageCountsPayloadBytesBothWays() {
        InetSocketAddress relayed = client.allocate();
        client.bind(0x4000, peer.address());
        client.sendOn(0x4000, "12345");
        client.sendTo(peer.address(), "678");
        peer.receive();
        peer.receive();
        peer.send(relayed, "12");
        client.receive();
        client.refresh(0);

        AppUsage usage = relay.snapshot().usage().apps().getFirst();

        assertThat(usage.packetsToPeer()).isEqualTo(2);
        assertThat(usage.bytesToPeer()).isEqualTo(8);
        assertThat(usage.packetsToClient()).isEqualTo(1);
        assertThat(usage.bytesToClient()).isEqualTo(2);
        assertThat(usage.allocations()).isZero();
        assertThat(usage.sessions()).as("lingers").isEqualTo(1);
    }
}
