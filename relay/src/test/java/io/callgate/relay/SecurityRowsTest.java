package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.model.AppId;
import io.callgate.model.DesiredState;
import io.callgate.model.DestinationRule;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.PortRange;
import io.callgate.relay.TurnClient.Challenge;
import io.callgate.relay.TurnClient.Login;
import io.callgate.relay.grant.DropReason;
import io.callgate.wire.Bytes;
import io.callgate.wire.stun.AddressFamily;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.MessageEncoder;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.TransactionId;
import io.callgate.wire.stun.TransportAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The lessons of other TURN servers, each test named after its row, over UDP. What a relay must not send is
/// proved by a socket: the first datagram that reaches it is one that was sent later by somebody else.
class SecurityRowsTest {
    private static final String[] EVERYWHERE = {"0.0.0.0/0", "[::]/0"};
    private static final Attribute.AdditionalAddressFamily DUAL =
            new Attribute.AdditionalAddressFamily(AddressFamily.IPV6);

    private final UdpPeer metrics = UdpPeer.v4();
    private RelayFixture relay = RelayFixture.start(new RelayFixture.State()
            .apps(RelayFixture.app("demo", EVERYWHERE), RelayFixture.app("other", EVERYWHERE))
            .ownEndpoints(
                    new Endpoint(IpAddress.parse("127.0.0.1"), metrics.address().getPort())));
    private TurnClient client = relay.client("bob");

    private void restart(RelayFixture.State state) {
        client.close();
        relay.close();
        relay = RelayFixture.start(state);
        client = relay.client("bob");
    }

    @AfterEach
    void stop() {
        metrics.close();
        client.close();
        relay.close();
    }

    private static InetSocketAddress at(String literal, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
    }

    /// An XOR-PEER-ADDRESS of family IPv6, also for ::ffff:a.b.c.d.
    private static Attribute.XorPeerAddress raw6(String literal, int port) {
        IpAddress address = IpAddress.parse(literal);
        return new Attribute.XorPeerAddress(new TransportAddress(true, address.high(), address.low(), port));
    }

    private void assertRefusedEverywhere(Attribute.XorPeerAddress peer) {
        long sentBefore = relay.snapshot().usage().apps().getFirst().packetsToPeer();
        assertThat(errorOf(client.request(Method.CREATE_PERMISSION, peer)))
                .as("CreatePermission %s", peer)
                .isIn(403, 443);
        assertThat(errorOf(client.request(Method.CHANNEL_BIND, new Attribute.ChannelNumber(0x4000), peer)))
                .as("ChannelBind %s", peer)
                .isIn(403, 443);
        client.indicate(peer, new Attribute.Data(Bytes.of(new byte[] {1})));
        client.sendOn(0x4000, "on a channel that was refused");
        client.settle();
        assertThat(relay.snapshot().usage().apps().getFirst().packetsToPeer())
                .as("packets to %s", peer)
                .isEqualTo(sentBefore);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "127.0.0.1",
                "127.0.1.1",
                "127.255.255.254",
                "10.0.0.1",
                "100.100.100.200",
                "169.254.169.254",
                "172.16.0.1",
                "192.0.0.1",
                "192.168.1.1",
                "198.18.0.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255"
            })
    void s1AndS4SpecialIpv4RangesAreRefusedAlthoughEverythingIsAllowed(String literal) {
        client.allocate();

        assertRefusedEverywhere(TurnClient.peer(at(literal, 9999)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::",
                "::1",
                "fd00::1",
                "fc00::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "64:ff9b:1::1",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "::127.0.0.1",
                "2002:7f00:1::",
                "2002:a9fe:a9fe::1",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "2001:0:4136:e378:8000:63bf:80ff:fffe",
                "2001:db8::5efe:7f00:1",
                "fe80::5efe:c0a8:101"
            })
    void s2SpecialIpv6RangesAndHiddenIpv4AreRefusedAlthoughEverythingIsAllowed(String literal) {
        client.allocate(DUAL);

        assertRefusedEverywhere(raw6(literal, 9999));
    }

    @Test
    void s1NothingReachesLoopbackFromAnyTurnIngress() {
        try (UdpPeer victim4 = UdpPeer.v4();
                UdpPeer victim6 = UdpPeer.v6();
                UdpPeer fence4 = UdpPeer.v4();
                UdpPeer fence6 = UdpPeer.v6()) {
            List<InetSocketAddress> relayed = TurnClient.relayed(client.tryAllocate(DUAL));
            assertRefusedEverywhere(TurnClient.peer(victim4.address()));
            assertRefusedEverywhere(TurnClient.peer(victim6.address()));
            assertRefusedEverywhere(TurnClient.peer(metrics.address()));
            assertRefusedEverywhere(raw6("::ffff:127.0.0.1", victim4.address().getPort()));
            victim4.send(relayed.get(0), "inbound");
            victim6.send(relayed.get(1), "inbound");

            fence4.send(victim4.address(), "fence");
            fence4.send(metrics.address(), "fence");
            fence6.send(victim6.address(), "fence");

            assertThat(victim4.receive().text()).isEqualTo("fence");
            assertThat(victim6.receive().text()).isEqualTo("fence");
            assertThat(metrics.receive().text()).isEqualTo("fence");
            client.send(new byte[0]);
            assertThat(errorOf(client.settle())).isZero();
            assertThat(relay.snapshot().usage().apps().getFirst().packetsToClient())
                    .isZero();
        }
    }

    @Test
    void s1APublicAddressOutsideTheSpecialRangesIsAllowedByTheSameRules() {
        client.allocate(DUAL);

        client.permit(at("203.0.113.9", 1));
        client.permit(at("2606:4700::1", 1));
        client.bind(0x4000, at("203.0.113.9", 4000));
    }

    @Test
    void s4OwnListenersAndServicesAreRefusedEvenWhereARuleOpensTheirAddress() {
        restart(new RelayFixture.State()
                .apps(RelayFixture.app("demo", "127.0.0.0/8", "[::1]/128"))
                .ownEndpoints(
                        new Endpoint(
                                IpAddress.parse("127.0.0.1"), metrics.address().getPort()),
                        new Endpoint(IpAddress.ANY_V4, 7)));
        client.allocate();
        client.permit(metrics.address());

        assertThat(errorOf(client.tryBind(0x4000, metrics.address()))).isEqualTo(403);
        assertThat(errorOf(client.tryBind(0x4000, relay.v4()))).isEqualTo(403);
        assertThat(errorOf(client.tryBind(0x4000, at("127.9.9.9", 7)))).isEqualTo(403);
        client.sendTo(metrics.address(), "refused");
        client.sendTo(relay.v4(), "refused");
        client.settle();
        try (UdpPeer fence = UdpPeer.v4()) {
            fence.send(metrics.address(), "fence");
            assertThat(metrics.receive().text()).isEqualTo("fence");
        }
        assertThat(relay.drops(DropReason.OWN_ADDRESS)).isEqualTo(3);
        assertThat(relay.drops(DropReason.PROXY_LOOP)).isEqualTo(2);
    }

    @Test
    void s4AStateFromControlOpensNoSpecialRangeWhateverItsRules() {
        restart(new RelayFixture.State()
                .apps(RelayFixture.app("demo", "127.0.0.0/8", "10.0.0.0/8"))
                .from(DesiredState.Origin.CONTROL));
        client.allocate();

        assertRefusedEverywhere(TurnClient.peer(at("127.0.0.2", 9)));
        assertRefusedEverywhere(TurnClient.peer(at("10.0.0.1", 9)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "300.1.1.1/8",
                "10.0.0.0/33",
                "10.0.0.1/8",
                "10.0.0.0/8:0",
                "10.0.0.0/8:1-70000",
                "10/8",
                "",
                "x y"
            })
    void s5AMalformedRuleMakesNoState(String rule) {
        assertThatThrownBy(() -> DestinationRule.parse(rule)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void s7WhatStandsBehindTheIntegrityIsIgnored() {
        byte[] signed = client.signed(Method.ALLOCATE, TurnClient.newId(), TurnClient.allocateAttributes());
        Message answer = client.exchange(
                withBehind(signed, new Attribute.Lifetime(3000), new Attribute.Unknown(0x7ABC, Bytes.EMPTY)));
        assertThat(errorOf(answer)).isZero();
        assertThat(answer.find(Attribute.Lifetime.class).orElseThrow().seconds())
                .isEqualTo(600);

        byte[] permission =
                client.signed(Method.CREATE_PERMISSION, TurnClient.newId(), TurnClient.peer(at("203.0.113.9", 1)));
        Message permitted = client.exchange(withBehind(permission, TurnClient.peer(at("203.0.113.10", 1))));
        assertThat(errorOf(permitted)).isZero();
        client.sendTo(at("203.0.113.10", 9), "not permitted");
        client.settle();
        assertThat(relay.drops(DropReason.NO_PERMISSION)).isEqualTo(1);
    }

    /// Adds attributes after the integrity, mends the length, closes with a right FINGERPRINT.
    private static byte[] withBehind(byte[] signed, Attribute... behind) {
        byte[] tail = TurnClient.message(
                MessageClass.REQUEST, Method.ALLOCATE, TransactionId.of(ByteBuffer.wrap(signed), 0), behind);
        int body = signed.length + tail.length - 20;
        ByteBuffer packet = ByteBuffer.allocate(body + 8);
        packet.put(signed).put(tail, 20, tail.length - 20);
        packet.putShort(2, (short) (body + 8 - 20));
        CRC32 crc = new CRC32();
        crc.update(packet.array(), 0, body);
        packet.putShort(body, (short) 0x8028).putShort(body + 2, (short) 4);
        packet.putInt(body + 4, (int) crc.getValue() ^ 0x5354_554E);
        return packet.array();
    }

    @Test
    void s7Sha256BehindSha1IsNoUnknownAttribute() {
        client.signed(Method.ALLOCATE, TurnClient.newId());
        Challenge challenge = client.challenge();
        byte[] key = client.key(challenge.realm());
        ByteBuffer memory = ByteBuffer.allocate(1000);
        MessageEncoder encoder =
                MessageEncoder.begin(memory, 0, MessageClass.REQUEST, Method.ALLOCATE, TurnClient.newId());
        encoder.add(new Attribute.RequestedTransport(17))
                .add(new Attribute.Username(relay.login("bob").userName()))
                .add(new Attribute.Realm(challenge.realm()))
                .add(new Attribute.Nonce(challenge.nonce()))
                .integrity(key)
                .integritySha256(key);

        client.send(Arrays.copyOf(memory.array(), encoder.finish()));

        assertThat(errorOf(TurnClient.decode(client.receiveRaw()))).isZero();
    }

    @Test
    void s8TwoPeersOrTwoPayloadsInOneSendAreDropped() {
        restart(new RelayFixture.State());
        client.allocate();
        try (UdpPeer permitted = UdpPeer.v4();
                UdpPeer forbidden = UdpPeer.on("127.0.0.2")) {
            client.permit(permitted.address());
            Attribute one = new Attribute.Data(Bytes.of(new byte[] {1}));
            Attribute two = new Attribute.Data(Bytes.of(new byte[] {2}));

            client.indicate(TurnClient.peer(forbidden.address()), TurnClient.peer(permitted.address()), one);
            client.indicate(TurnClient.peer(permitted.address()), TurnClient.peer(forbidden.address()), one);
            client.indicate(TurnClient.peer(permitted.address()), one, two);
            client.sendTo(permitted.address(), "fence");

            assertThat(permitted.receive().text()).isEqualTo("fence");
            permitted.send(forbidden.address(), "fence");
            assertThat(forbidden.receive().text()).isEqualTo("fence");
            assertThat(relay.drops(DropReason.MALFORMED)).isEqualTo(3);
        }
    }

    @Test
    void s9ANonceOfAnotherAddressIs438() {
        byte[] mine = client.signed(Method.ALLOCATE, TurnClient.newId(), TurnClient.allocateAttributes());
        try (TurnClient elsewhere = new TurnClient(UdpPeer.on("127.0.0.2"), relay.v4(), relay.login("bob"))) {
            assertThat(errorOf(elsewhere.exchange(mine))).isEqualTo(438);
        }
        assertThat(errorOf(client.exchange(mine))).isZero();
    }

    @Test
    void s9RelayPortsAreSpreadOverTheirWholeRange() {
        int samples = 400;
        Set<Integer> ports = new HashSet<>();
        int lowerHalf = 0;
        PortRange range = RelayFixture.RELAY_PORTS;
        for (int i = 0; i < samples; i++) {
            int port = client.allocate().getPort();
            ports.add(port);
            lowerHalf += port < range.first() + range.size() / 2 ? 1 : 0;
            client.refresh(0);
        }

        // 400 of 4536 ports: about 18 pairs collide, 7 sigma wide; half in each half, 6 sigma wide
        assertThat(ports).hasSizeGreaterThan(samples - 48);
        assertThat(lowerHalf).isBetween(samples / 2 - 60, samples / 2 + 60);
    }

    @Test
    void s10NoSecretIsComparedWithEqualsInTheSources() throws IOException {
        Path sources = Path.of(System.getProperty("callgate.root", ".."), "relay/src/main/java");
        try (Stream<Path> files = Files.walk(sources)) {
            List<String> suspects = files.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(SecurityRowsTest::lines)
                    .filter(line -> line.contains("Arrays.equals(")
                            || line.matches(".*(?i)(password|hmac|digest|mac)\\w*(\\(\\))?\\.equals\\(.*"))
                    .toList();
            assertThat(suspects).isEmpty();
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void s13AnswersAndIndicationsToTheListenerAreNeverAnswered() {
        for (MessageClass type : List.of(MessageClass.SUCCESS, MessageClass.ERROR, MessageClass.INDICATION)) {
            for (int method : List.of(Method.BINDING, Method.ALLOCATE, Method.DATA)) {
                client.send(TurnClient.message(type, method, TurnClient.newId()));
            }
        }

        client.send(bindingRequest());

        assertThat(TurnClient.decode(client.receiveRaw()).method()).isEqualTo(Method.BINDING);
        assertThat(relay.drops(DropReason.UNEXPECTED_MESSAGE)).isEqualTo(9);
    }

    private static byte[] bindingRequest() {
        return TurnClient.message(MessageClass.REQUEST, Method.BINDING, TurnClient.newId());
    }

    @Test
    void s13AndP11NoUnprovenRequestIsAnsweredWithMoreThanThreeTimesItsPacket() {
        restart(new RelayFixture.State()
                .realm("a-realm-of-24-characters")
                .apps(RelayFixture.withUser(RelayFixture.app("demo", "127.0.0.0/8"), "alice", "pw")));
        try (TurnClient six = relay.client6("bob")) {
            for (TurnClient each : List.of(client, six)) {
                int headers = each == six ? 40 + 8 : 20 + 8;
                for (byte[] request : unprovenRequests()) {
                    each.send(request);
                    int answered = each.rawAnswerTo(request).length;
                    assertThat(answered + headers)
                            .as("answer to %s", TurnClient.decode(request))
                            .isLessThanOrEqualTo(3 * (request.length + headers));
                }
            }
        }
    }

    private static List<byte[]> unprovenRequests() {
        List<byte[]> requests = new ArrayList<>();
        for (int method : List.of(
                Method.BINDING, Method.ALLOCATE, Method.REFRESH, Method.CREATE_PERMISSION, Method.CHANNEL_BIND)) {
            requests.add(TurnClient.message(MessageClass.REQUEST, method, TurnClient.newId()));
            requests.add(TurnClient.message(
                    MessageClass.REQUEST, method, TurnClient.newId(), new Attribute.Unknown(0x7FFF, Bytes.EMPTY)));
            requests.add(TurnClient.message(
                    MessageClass.REQUEST,
                    method,
                    TurnClient.newId(),
                    new Attribute.MessageIntegrity(Bytes.of(new byte[20]))));
            requests.add(TurnClient.message(
                    MessageClass.REQUEST,
                    method,
                    TurnClient.newId(),
                    new Attribute.Username("a"),
                    new Attribute.Realm(""),
                    new Attribute.Nonce(""),
                    new Attribute.MessageIntegrity(Bytes.of(new byte[20]))));
            ByteBuffer memory = ByteBuffer.allocate(64);
            int bytes = MessageEncoder.begin(memory, 0, MessageClass.REQUEST, method, TurnClient.newId())
                    .fingerprint()
                    .finish();
            requests.add(Arrays.copyOf(memory.array(), bytes));
        }
        return requests;
    }

    @Test
    void s16OneTenantAtItsLimitsLeavesTheOtherAlone() {
        Limits narrow = new Limits(2, 2, 0, 2, 2, 1_000, 2);
        restart(new RelayFixture.State()
                .apps(
                        RelayFixture.app("demo", RelayFixture.SECRET, narrow, "127.0.0.0/8"),
                        RelayFixture.app("other", "127.0.0.0/8")));
        client.allocate();
        for (int i = 1; i <= 50; i++) {
            client.tryPermit(at("127.0.1." + i, 1));
        }
        assertThat(relay.drops(DropReason.PERMISSION_QUOTA)).isEqualTo(48);

        try (TurnClient neighbour = new TurnClient(
                        relay.v4(), relay.login(new AppId("other"), RelayFixture.SECRET, "n", Duration.ofHours(1)));
                UdpPeer peer = UdpPeer.v4()) {
            neighbour.allocate();
            neighbour.bind(0x4000, peer.address());
            neighbour.sendOn(0x4000, "unharmed");
            assertThat(peer.receive().text()).isEqualTo("unharmed");
        }
    }

    @Test
    void s17LyingLengthFieldsAndHttpBytesAreDroppedAndCounted() {
        byte[] request = bindingRequest();
        List<byte[]> lies = new ArrayList<>();
        for (int lie : new int[] {1, 2, 3, 4, 8, 255, 256, 0x7FFF, 0x8000, 0xFFFC, 0xFFFF}) {
            byte[] packet = request.clone();
            packet[2] = (byte) (lie >> 8);
            packet[3] = (byte) lie;
            lies.add(packet);
        }
        lies.add("GET / HTTP/1.1\r\nHost: relay\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        lies.add("POST /.well-known/acme-challenge/x HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        lies.forEach(client::send);
        client.settle();

        assertThat(relay.drops().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(lies.size());
    }

    @Test
    void s18PaddingIsZeroInEveryAnswerAndIndication() {
        restart(new RelayFixture.State().realm("odd"));
        InetSocketAddress relayed = client.allocate();
        try (UdpPeer peer = UdpPeer.v4()) {
            client.permit(peer.address());
            peer.send(relayed, "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff");
            client.receiveRaw();
            peer.send(relayed, "x");
            byte[] indication = client.receiveRaw();
            byte[] unsigned = TurnClient.message(MessageClass.REQUEST, Method.ALLOCATE, TurnClient.newId());
            client.send(unsigned);

            assertPaddingZero(indication);
            assertPaddingZero(client.rawAnswerTo(unsigned));
        }
    }

    private static void assertPaddingZero(byte[] message) {
        ByteBuffer memory = ByteBuffer.wrap(message);
        int at = 20;
        while (at < message.length) {
            int length = Short.toUnsignedInt(memory.getShort(at + 2));
            int end = at + 4 + (length + 3 & ~3);
            for (int pad = at + 4 + length; pad < end; pad++) {
                assertThat(message[pad]).as("padding at %s", pad).isZero();
            }
            at = end;
        }
    }

    @Test
    void s18LengthsBeyondTheDatagramLeakNothing() {
        restart(new RelayFixture.State());
        client.allocate();
        try (UdpPeer peer = UdpPeer.v4()) {
            client.bind(0x4000, peer.address());
            client.send(new byte[] {0x40, 0x00, 0, 9, 'a', 'b'});
            client.send(new byte[] {0x40, 0x00, (byte) 0xFF, (byte) 0xFF});
            byte[] send = TurnClient.message(
                    MessageClass.INDICATION,
                    Method.SEND,
                    TurnClient.newId(),
                    TurnClient.peer(peer.address()),
                    new Attribute.Data(Bytes.of(new byte[4])));
            send[send.length - 5] = 40; // DATA's length field
            client.send(send);
            client.sendOn(0x4000, "fence");

            assertThat(peer.receive().text()).isEqualTo("fence");
            assertThat(relay.drops(DropReason.MALFORMED)).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%n%s%x", "'; DROP TABLE apps; --", "a\r\nb", "\"quoted\"", "${jndi:ldap://x}", "\u0000"})
    void s19HostileNamesAre401AndReachNoLogLine(String name) {
        try (Logs logs = Logs.record()) {
            try (TurnClient hostile = new TurnClient(relay.v4(), Login.of(name, "x"))) {
                assertThat(errorOf(hostile.tryAllocate())).isEqualTo(401);
            }
            assertThat(logs.events()).isEmpty();
        }
    }

    @Test
    void s19NamesOf513BytesOrWithoutUtf8AreDropped() {
        Attribute tooLong = new Attribute.Unknown(0x0006, Bytes.of(new byte[513]));
        Attribute noUtf8 = new Attribute.Unknown(0x0006, Bytes.of(new byte[] {(byte) 0xC3, 0x28}));
        for (Attribute name : List.of(tooLong, noUtf8)) {
            client.send(TurnClient.message(MessageClass.REQUEST, Method.ALLOCATE, TurnClient.newId(), name));
        }

        client.settle();

        assertThat(relay.drops(DropReason.MALFORMED)).isEqualTo(2);
    }

    @Test
    void s20AnUnprovenRequestOnALiveFiveTupleChangesNothing() {
        restart(new RelayFixture.State());
        UdpPeer shared = UdpPeer.v4();
        try (TurnClient owner = new TurnClient(shared, relay.v4(), relay.login("bob"));
                UdpPeer peer = UdpPeer.v4()) {
            owner.allocate();
            owner.bind(0x4000, peer.address());
            TurnClient forger = new TurnClient(
                    shared, relay.v4(), Login.of(relay.login("bob").userName(), "guess"));

            assertThat(errorOf(forger.request(Method.REFRESH, new Attribute.Lifetime(0))))
                    .isEqualTo(401);
            assertThat(errorOf(forger.tryPermit(at("127.0.0.9", 1)))).isEqualTo(401);

            owner.sendTo(at("127.0.0.9", 9), "not permitted");
            owner.sendOn(0x4000, "alive");
            assertThat(peer.receive().text()).isEqualTo("alive");
            assertThat(relay.drops(DropReason.NO_PERMISSION)).isEqualTo(1);
        }
    }

    @Test
    void s22NoSecretNoPasswordAndNoPayloadIsLogged() {
        restart(new RelayFixture.State());
        try (Logs logs = Logs.record();
                UdpPeer peer = UdpPeer.v4()) {
            String password = relay.login("bob").password();
            client.allocate();
            client.bind(0x4000, peer.address());
            client.sendOn(0x4000, "payload-of-the-call");
            peer.receive();
            client.refresh(0);
            relay.snapshot();

            assertThat(logs.ours()).as("no line for a client").isEmpty();
            assertThat(logs.text())
                    .doesNotContain(password)
                    .doesNotContain(RelayFixture.SECRET.reveal())
                    .doesNotContain("payload-of-the-call")
                    .doesNotContain("127.0.0.1");
        }
    }

    @Test
    void s22EveryCounterHasAFixedLabel() {
        try (TurnClient hostile = new TurnClient(relay.v4(), Login.of("label-of-a-stranger", "x"))) {
            hostile.tryAllocate();
        }

        assertThat(relay.drops().keySet())
                .hasSize(DropReason.values().length)
                .allMatch(label -> label.matches("[a-z0-9_]+"));
    }

    @Test
    void s23QuotasCountEachSubjectAndEachAppApart() {
        restart(new RelayFixture.State()
                .apps(
                        RelayFixture.app("demo", RelayFixture.SECRET, new Limits(2, 1, 0, 9, 9, 9, 9), "127.0.0.0/8"),
                        RelayFixture.app(
                                "other", RelayFixture.SECRET, new Limits(1, 1, 0, 9, 9, 9, 9), "127.0.0.0/8")));
        Login ofOther = relay.login(new AppId("other"), RelayFixture.SECRET, "bob", Duration.ofHours(1));
        try (TurnClient eve = relay.client("eve");
                TurnClient again = relay.client("bob");
                TurnClient other = new TurnClient(relay.v4(), ofOther);
                TurnClient otherAgain = new TurnClient(relay.v4(), ofOther)) {
            client.allocate();
            eve.allocate();
            other.allocate();

            assertThat(errorOf(again.tryAllocate())).isEqualTo(486);
            assertThat(errorOf(otherAgain.tryAllocate())).isEqualTo(486);
            assertThat(client.refresh(600)).isEqualTo(600);
        }
    }

    @Test
    void s24TwoClientsWithOnePeerEachGetTheirOwnPackets() {
        restart(new RelayFixture.State());
        try (TurnClient second = relay.client("eve");
                UdpPeer peer = UdpPeer.v4()) {
            InetSocketAddress ofFirst = client.allocate();
            InetSocketAddress ofSecond = second.allocate();
            client.bind(0x4000, peer.address());
            second.bind(0x4000, peer.address());

            peer.send(ofFirst, "first");
            peer.send(ofSecond, "second");
            client.sendOn(0x4000, "by first");

            assertThat(client.receive().text()).isEqualTo("first");
            assertThat(second.receive().text()).isEqualTo("second");
            assertThat(peer.receive().from()).isEqualTo(ofFirst);
        }
    }

    @Test
    void s25WithoutARuleNothingIsReached() {
        restart(new RelayFixture.State().apps(RelayFixture.app("demo")));
        client.allocate(DUAL);

        assertRefusedEverywhere(TurnClient.peer(at("203.0.113.9", 3478)));
        assertRefusedEverywhere(TurnClient.peer(at("8.8.8.8", 53)));
        assertRefusedEverywhere(TurnClient.peer(at("2606:4700::1", 443)));
        assertRefusedEverywhere(TurnClient.peer(relay.v4()));
    }

    @Test
    void twoAppsAllocationsOnOneRelayCannotSendToEachOther() {
        restart(new RelayFixture.State()
                .apps(
                        RelayFixture.app("demo", "127.0.0.0/8", "127.0.0.1/32"),
                        RelayFixture.app("other", "127.0.0.0/8", "127.0.0.1/32")));
        Login ofOther = relay.login(new AppId("other"), RelayFixture.SECRET, "eve", Duration.ofHours(1));
        try (TurnClient stranger = new TurnClient(relay.v4(), ofOther);
                UdpPeer peer = UdpPeer.v4()) {
            InetSocketAddress mine = client.allocate();
            InetSocketAddress theirs = stranger.allocate();
            client.permit(theirs);
            stranger.permit(mine);

            client.sendTo(theirs, "refused");
            assertThat(errorOf(client.tryBind(0x4000, theirs))).isEqualTo(403);
            stranger.sendTo(mine, "refused");
            stranger.settle();
            client.settle();
            peer.send(theirs, "fence");
            peer.send(mine, "fence");

            assertThat(stranger.receive().text()).isEqualTo("fence");
            assertThat(client.receive().text()).isEqualTo("fence");
            assertThat(relay.drops(DropReason.FOREIGN_ALLOCATION)).isEqualTo(3);
        }
    }

    @Test
    void anAllocationOfTheSameAppIsReachedOnlyOnItsOwnPort() {
        try (TurnClient second = relay.client("eve");
                UdpPeer victim = UdpPeer.v4();
                UdpPeer fence = UdpPeer.v4()) {
            client.allocate();
            InetSocketAddress ofSecond = second.allocate();
            client.permit(ofSecond);

            client.sendTo(victim.address(), "same address, no allocation");
            client.settle();
            fence.send(victim.address(), "fence");

            assertThat(victim.receive().text()).isEqualTo("fence");
            assertThat(errorOf(client.tryBind(0x4000, victim.address()))).isEqualTo(403);
            client.bind(0x4000, ofSecond);
            second.refresh(0);
            client.sendOn(0x4000, "to nobody");
            client.settle();
        }
    }
}
