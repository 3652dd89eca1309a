package io.callgate.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.wire.MalformedPacket;
import io.callgate.wire.Packets;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Packets that others made: RFC 5769 and RFC 8489's vectors, Chromium, coturn and its test client.
class GoldenPacketTest {
    private static final byte[] SHORT_TERM_KEY = Integrity.shortTermKey("VOkJxbRl1RmTxUk/WvJxBt");
    private static final byte[] CAPTURE_KEY = Integrity.longTermKeyMd5("alice", "callgate.test", "swordfish");

    @Test
    void readsRfc5769Request() throws MalformedPacket {
        Message message = decode("rfc5769-request");

        assertThat(message.type()).isEqualTo(MessageClass.REQUEST);
        assertThat(message.method()).isEqualTo(Method.BINDING);
        assertThat(message.id()).hasToString("b7e7a701bc34d686fa87dfae");
        assertThat(message.find(Attribute.Software.class)).contains(new Attribute.Software("STUN test client"));
        assertThat(message.find(Attribute.Priority.class)).contains(new Attribute.Priority(0x6E0001FF));
        assertThat(message.find(Attribute.IceControlled.class))
                .contains(new Attribute.IceControlled(0x932FF9B151263B36L));
        assertThat(message.find(Attribute.Username.class)).contains(new Attribute.Username("evtj:h6vY"));
        assertThat(message.unknownRequired()).isEmpty();
        assertThat(verifiesSha1("rfc5769-request", SHORT_TERM_KEY)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"rfc5769-response-ipv4, 192.0.2.1", "rfc5769-response-ipv6, 2001:db8:1234:5678:11:2233:4455:6677"})
    void readsRfc5769Responses(String name, String host) throws MalformedPacket {
        Message message = decode(name);

        assertThat(message.type()).isEqualTo(MessageClass.SUCCESS);
        assertThat(message.find(Attribute.XorMappedAddress.class))
                .contains(new Attribute.XorMappedAddress(TransportAddress.of(new InetSocketAddress(host, 32853))));
        assertThat(message.find(Attribute.Software.class)).contains(new Attribute.Software("test vector"));
        assertThat(verifiesSha1(name, SHORT_TERM_KEY)).isTrue();
    }

    @Test
    void readsRfc5769LongTermRequest() throws MalformedPacket {
        Message message = decode("rfc5769-long-term");

        String username = message.find(Attribute.Username.class).orElseThrow().value();
        assertThat(username).isEqualTo("\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9");
        assertThat(message.find(Attribute.Nonce.class)).contains(new Attribute.Nonce("f//499k954d6OL34oL9FSTvy64sA"));
        assertThat(verifiesSha1("rfc5769-long-term", Integrity.longTermKeyMd5(username, "example.org", "TheMatrIX")))
                .isTrue();
    }

    @Test
    void readsRfc8489UserHashRequest() throws MalformedPacket {
        String username = "\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9";
        Message message = decode("rfc8489-userhash-sha256");

        assertThat(message.find(Attribute.UserHash.class).orElseThrow().value().toArray())
                .isEqualTo(Integrity.userHash(username, "example.org"));
        assertThat(message.find(Attribute.PasswordAlgorithm.class)).contains(Attribute.PasswordAlgorithm.SHA256);
        assertThat(verifiesSha256(
                        "rfc8489-userhash-sha256", Integrity.longTermKeySha256(username, "example.org", "TheMatrIX")))
                .isTrue();
        assertThat(verifiesSha256(
                        "rfc8489-userhash-sha256", Integrity.longTermKeyMd5(username, "example.org", "TheMatrIX")))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "chromium-binding-request, REQUEST, 1",
        "chromium-allocate-request, REQUEST, 3",
        "chromium-refresh-request, REQUEST, 4",
        "chromium-send-indication, INDICATION, 6",
        "coturn-data-indication, INDICATION, 7",
        "chromium-create-permission-request, REQUEST, 8",
        "chromium-channel-bind-request, REQUEST, 9",
        "uclient-connect-request, REQUEST, 10",
        "uclient-connection-bind-request, REQUEST, 11",
        "coturn-connection-attempt-indication, INDICATION, 12",
        "coturn-allocate-error-401, ERROR, 3",
        "coturn-allocate-success, SUCCESS, 3",
    })
    void readsClassAndMethodOfCapturedPackets(String name, MessageClass type, int method) throws MalformedPacket {
        Message message = decode(name);

        assertThat(message.type()).isEqualTo(type);
        assertThat(message.method()).isEqualTo(method);
    }

    @ParameterizedTest
    @CsvSource({
        "chromium-allocate-request-authenticated",
        "chromium-create-permission-request",
        "chromium-channel-bind-request",
        "chromium-refresh-request",
        "chromium-tcp-allocate-request-authenticated",
        "coturn-allocate-success",
        "coturn-allocate-success-dual",
        "coturn-allocate-success-mobility",
        "coturn-allocate-success-reservation",
        "coturn-channel-bind-success",
        "coturn-connect-success",
        "coturn-create-permission-success",
        "coturn-refresh-error-443",
        "coturn-refresh-success",
        "uclient-allocate-request-dual",
        "uclient-allocate-request-even-port",
        "uclient-allocate-request-mobility",
        "uclient-allocate-request-reservation-token",
        "uclient-channel-bind-request",
        "uclient-connect-request",
        "uclient-connection-bind-request",
        "uclient-refresh-request-mobility",
    })
    void verifiesIntegrityOfCapturedPackets(String name) throws MalformedPacket {
        assertThat(verifiesSha1(name, CAPTURE_KEY)).isTrue();
        assertThat(verifiesSha1(name, Integrity.longTermKeyMd5("alice", "callgate.test", "swordfisH")))
                .isFalse();
    }

    @Test
    void readsChromiumAllocate() throws MalformedPacket {
        Message message = decode("chromium-allocate-request-authenticated");

        assertThat(message.find(Attribute.RequestedTransport.class))
                .contains(new Attribute.RequestedTransport(Attribute.RequestedTransport.UDP));
        assertThat(message.find(Attribute.Username.class)).contains(new Attribute.Username("alice"));
        assertThat(message.find(Attribute.Realm.class)).contains(new Attribute.Realm("callgate.test"));
    }

    @Test
    void readsChromiumChannelBindAndRefresh() throws MalformedPacket {
        assertThat(decode("chromium-channel-bind-request").find(Attribute.ChannelNumber.class))
                .contains(new Attribute.ChannelNumber(0x4000));
        assertThat(decode("chromium-refresh-request").find(Attribute.Lifetime.class))
                .contains(new Attribute.Lifetime(0));
    }

    @Test
    void readsChromiumIceCheckInsideSendIndication() throws MalformedPacket {
        Attribute.Data data =
                decode("chromium-send-indication").find(Attribute.Data.class).orElseThrow();

        Message check = MessageDecoder.decode(
                ByteBuffer.wrap(data.value().toArray()), 0, data.value().length());

        assertThat(data.value().toArray()).isEqualTo(Packets.read("chromium-ice-binding-request"));
        assertThat(check.find(Attribute.IceControlled.class)).isPresent();
        assertThat(check.find(Attribute.Priority.class)).contains(new Attribute.Priority(0x6E001FFF));
        assertThat(check.find(Attribute.Unknown.class).orElseThrow().type()).isEqualTo(0xC057); // GOOG-NETWORK-INFO
        assertThat(check.unknownRequired()).isEmpty();
    }

    @Test
    void readsUclientEvenPortAndDontFragment() throws MalformedPacket {
        Message message = decode("uclient-allocate-request-even-port");

        assertThat(message.find(Attribute.EvenPort.class)).contains(new Attribute.EvenPort(true));
        assertThat(message.find(Attribute.DontFragment.class)).isPresent();
        assertThat(message.find(Attribute.RequestedAddressFamily.class))
                .contains(new Attribute.RequestedAddressFamily(AddressFamily.IPV4));
        assertThat(message.find(Attribute.Lifetime.class)).contains(new Attribute.Lifetime(777));
    }

    @Test
    void readsDraftNumbersOfDualAllocation() throws MalformedPacket {
        assertThat(decode("uclient-allocate-request-dual").find(Attribute.AdditionalAddressFamily.class))
                .contains(new Attribute.AdditionalAddressFamily(AddressFamily.IPV6));

        Message answer = decode("coturn-allocate-success-dual");

        assertThat(answer.findAll(Attribute.XorRelayedAddress.class)).hasSize(2);
        assertThat(answer.find(Attribute.AddressErrorCode.class))
                .contains(new Attribute.AddressErrorCode(AddressFamily.IPV6, 440, "Address Family not Supported"));
    }

    @Test
    void readsCoturnsChallenge() throws MalformedPacket {
        Message message = decode("coturn-allocate-error-401");

        assertThat(message.find(Attribute.ErrorCode.class)).contains(new Attribute.ErrorCode(401, "Unauthorized"));
        assertThat(message.find(Attribute.Realm.class)).contains(new Attribute.Realm("callgate.test"));
        assertThat(message.find(Attribute.Nonce.class)).isPresent();
    }

    @Test
    void readsCoturnsPlainAndMaskedAddressesAlike() throws MalformedPacket {
        Message message = decode("coturn-binding-success");

        assertThat(message.find(Attribute.MappedAddress.class).orElseThrow().address())
                .isEqualTo(message.find(Attribute.XorMappedAddress.class)
                        .orElseThrow()
                        .address());
        assertThat(message.find(Attribute.ResponseOrigin.class).orElseThrow().address())
                .hasToString("127.0.0.1:23478");
    }

    @ParameterizedTest
    @MethodSource("io.callgate.wire.Packets#stunNames")
    void decodesAmidOtherBytesWithoutMovingTheBuffer(String name) throws MalformedPacket {
        byte[] packet = Packets.read(name);
        ByteBuffer memory = Packets.amid(packet, 7, 9);
        memory.position(3).limit(memory.capacity() - 1);

        Message message = MessageDecoder.decode(memory, 7, packet.length);

        assertThat(message).isEqualTo(decode(name));
        assertThat(memory.position()).isEqualTo(3);
        assertThat(memory.limit()).isEqualTo(memory.capacity() - 1);
    }

    @ParameterizedTest
    @MethodSource("io.callgate.wire.Packets#stunNames")
    void encodesWhatItDecoded(String name) throws MalformedPacket {
        Message message = decode(name);
        ByteBuffer memory = ByteBuffer.allocate(2000);

        int bytes = MessageEncoder.encode(memory, 100, unsigned(message));

        assertThat(MessageDecoder.decode(memory, 100, bytes)).isEqualTo(unsigned(message));
    }

    /// Others pad with what they like, so their fingerprints do not survive our zero padding.
    private static Message unsigned(Message message) {
        List<Attribute> attributes = message.attributes().stream()
                .filter(attribute -> !(attribute instanceof Attribute.Fingerprint))
                .toList();
        return new Message(message.type(), message.method(), message.id(), attributes);
    }

    private static Message decode(String name) throws MalformedPacket {
        byte[] packet = Packets.read(name);
        return MessageDecoder.decode(ByteBuffer.wrap(packet), 0, packet.length);
    }

    private static boolean verifiesSha1(String name, byte[] key) {
        byte[] packet = Packets.read(name);
        return Integrity.verifySha1(ByteBuffer.wrap(packet), 0, packet.length, key);
    }

    private static boolean verifiesSha256(String name, byte[] key) {
        byte[] packet = Packets.read(name);
        return Integrity.verifySha256(ByteBuffer.wrap(packet), 0, packet.length, key);
    }
}
