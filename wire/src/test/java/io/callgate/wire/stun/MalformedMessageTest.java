package io.callgate.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.wire.Bytes;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.Packets;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedMessageTest {
    @ParameterizedTest
    @MethodSource("io.callgate.wire.Packets#stunNames")
    void everyProperPrefixIsMalformed(String name) {
        byte[] packet = Packets.read(name);
        for (int length = 0; length < packet.length; length++) {
            ByteBuffer exactly = ByteBuffer.wrap(packet, 0, length).slice();
            int prefix = length;

            assertThat(StunHeader.looksLikeStun(exactly, 0, length)).isFalse();
            assertThatThrownBy(() -> MessageDecoder.decode(exactly, 0, prefix)).isInstanceOf(MalformedPacket.class);
        }
    }

    /// A prefix whose length field says the truth about it: the attributes lie.
    @ParameterizedTest
    @MethodSource("io.callgate.wire.Packets#stunNames")
    void everyPrefixWithItsOwnLengthFailsCleanlyOrEndsBetweenAttributes(String name) {
        byte[] packet = Packets.read(name);
        for (int length = StunHeader.HEADER_BYTES; length < packet.length; length += 4) {
            ByteBuffer exactly = ByteBuffer.allocate(length).put(0, packet, 0, length);
            exactly.putShort(StunHeader.LENGTH_OFFSET, (short) (length - StunHeader.HEADER_BYTES));

            decodesOrIsMalformed(exactly);
        }
    }

    /// Row S17: length fields that lie by 1 to 65535, in both directions.
    @ParameterizedTest
    @MethodSource("io.callgate.wire.Packets#stunNames")
    void wrongMessageLengthIsMalformed(String name) {
        byte[] packet = Packets.read(name);
        ByteBuffer memory = ByteBuffer.wrap(packet);
        int truth = StunHeader.bodyBytes(memory, 0);
        for (int lie = 0; lie <= 0xFFFF; lie++) {
            memory.putShort(StunHeader.LENGTH_OFFSET, (short) lie);

            assertThat(StunHeader.looksLikeStun(memory, 0, packet.length)).isEqualTo(lie == truth);
        }
    }

    @ParameterizedTest
    @MethodSource("io.callgate.wire.Packets#stunNames")
    void wrongAttributeLengthsNeverReadOutside(String name) {
        byte[] packet = Packets.read(name);
        AttributeCursor cursor = new AttributeCursor();
        cursor.reset(ByteBuffer.wrap(packet), 0, packet.length);
        while (cursor.next()) {
            ByteBuffer lying = ByteBuffer.wrap(packet.clone());
            for (int lie = 0; lie <= 0xFFFF; lie += lie < 300 ? 1 : 257) {
                lying.putShort(cursor.valueOffset() - 2, (short) lie);

                decodesOrIsMalformed(lying);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x80, 0x40, 0xC0})
    void firstTwoBitsMustBeZero(int bits) {
        byte[] packet = Packets.read("rfc5769-request");
        packet[0] |= (byte) bits;

        assertMalformed(packet, "first byte");
    }

    @Test
    void magicCookieIsRequired() {
        byte[] packet = Packets.read("rfc5769-request");
        packet[4] ^= 1;

        assertMalformed(packet, "no STUN magic cookie");
    }

    @Test
    void wrongFingerprintIsMalformed() {
        byte[] packet = Packets.read("rfc5769-response-ipv4");
        packet[packet.length - 1] ^= 1;

        assertMalformed(packet, "FINGERPRINT 0xC07D4C97 instead of 0xC07D4C96");
    }

    @ParameterizedTest(name = "{0} with value [{1}]: {2}")
    @CsvSource({
        "0x0001, 0001, MAPPED-ADDRESS of 2 bytes",
        "0x0020, 0003a147e112a643, XOR-MAPPED-ADDRESS of 8 bytes",
        "0x0012, 0002a147e112a643, XOR-PEER-ADDRESS of 8 bytes",
        "0x0012, 0001a147e112a643e112a643e112a643e112a643, XOR-PEER-ADDRESS of 20 bytes",
        "0x0016, '', XOR-RELAYED-ADDRESS of 0 bytes",
        "0x0006, ff, USERNAME of 1 bytes is not UTF-8",
        "0x0006, c0af, USERNAME of 2 bytes is not UTF-8",
        "0x0014, eda080, REALM of 3 bytes is not UTF-8",
        "0x0015, 80, NONCE of 1 bytes is not UTF-8",
        "0x8003, 80, ALTERNATE-DOMAIN of 1 bytes is not UTF-8",
        "0x802E, 80, THIRD-PARTY-AUTHORIZATION of 1 bytes is not UTF-8",
        "0x0008, 00, MESSAGE-INTEGRITY of 1 bytes",
        "0x001C, 000000000000000000000000, MESSAGE-INTEGRITY-SHA256 of 12 bytes",
        "0x001C, 0000000000000000000000000000000000, MESSAGE-INTEGRITY-SHA256 of 17 bytes",
        "0x001E, 00, USERHASH of 1 bytes",
        "0x8028, 00, FINGERPRINT of 1 bytes instead of 4",
        "0x0009, 0000, ERROR-CODE of 2 bytes instead of at least 4",
        "0x0009, 00000200, ERROR-CODE 200 outside 300..699",
        "0x0009, 00000764, ERROR-CODE number 100 outside 0..99",
        "0x0009, 00000401ff, ERROR-CODE reason of 1 bytes is not UTF-8",
        "0x8001, 02000200, ADDRESS-ERROR-CODE 200 outside 300..699",
        "0x000A, 000000, UNKNOWN-ATTRIBUTES of 3 bytes",
        "0x000C, 4000, CHANNEL-NUMBER of 2 bytes instead of 4",
        "0x000D, 000000, LIFETIME of 3 bytes instead of 4",
        "0x0017, 01, REQUESTED-ADDRESS-FAMILY of 1 bytes instead of 4",
        "0x8000, 02, ADDITIONAL-ADDRESS-FAMILY of 1 bytes instead of 4",
        "0x0018, 80000000, EVEN-PORT of 4 bytes instead of 1",
        "0x0019, 11, REQUESTED-TRANSPORT of 1 bytes instead of 4",
        "0x001A, 00, DONT-FRAGMENT of 1 bytes instead of 0",
        "0x0022, 00, RESERVATION-TOKEN of 1 bytes instead of 8",
        "0x8004, 00, ICMP of 1 bytes instead of 8",
        "0x002A, 00, CONNECTION-ID of 1 bytes instead of 4",
        "0x0024, 00, PRIORITY of 1 bytes instead of 4",
        "0x0025, 00, USE-CANDIDATE of 1 bytes instead of 0",
        "0x8029, 00, ICE-CONTROLLED of 1 bytes instead of 8",
        "0x802A, 00, ICE-CONTROLLING of 1 bytes instead of 8",
        "0x0003, 00, CHANGE-REQUEST of 1 bytes instead of 4",
        "0x0027, 00, RESPONSE-PORT of 1 bytes instead of at least 2",
        "0x8027, 00, CACHE-TIMEOUT of 1 bytes instead of 4",
        "0x802B, 00, RESPONSE-ORIGIN of 1 bytes",
        "0x802C, 00, OTHER-ADDRESS of 1 bytes",
        "0x8023, 00, ALTERNATE-SERVER of 1 bytes",
        "0x8025, 00, TRANSACTION_TRANSMIT_COUNTER of 1 bytes instead of 4",
        "0x001D, 0002, PASSWORD-ALGORITHM of 2 bytes instead of at least 4",
        "0x001D, 00020001, PASSWORD-ALGORITHM of 4 bytes instead of at least 5",
        "0x001D, 0002000000, PASSWORD-ALGORITHM of 5 bytes instead of 4",
        "0x8002, 0002ffff, PASSWORD-ALGORITHM of 4 bytes instead of at least 65539",
        "0x8002, 00020000000100, PASSWORD-ALGORITHM of 7 bytes instead of at least 8",
    })
    void wrongValuesAreMalformed(String type, String value, String message) {
        assertMalformed(withAttribute(Integer.decode(type), HexFormat.of().parseHex(value)), message);
    }

    /// Row S19.
    @ParameterizedTest
    @CsvSource({"0x0006, 512", "0x0014, 763", "0x0015, 763", "0x8003, 255"})
    void longerTextIsMalformed(String type, int maxBytes) throws MalformedPacket {
        byte[] atMost = "x".repeat(maxBytes).getBytes(StandardCharsets.UTF_8);
        byte[] longer = "x".repeat(maxBytes + 1).getBytes(StandardCharsets.UTF_8);

        assertThat(decode(withAttribute(Integer.decode(type), atMost)).attributes())
                .hasSize(1);
        assertMalformed(withAttribute(Integer.decode(type), longer), "of " + (maxBytes + 1) + " bytes");
    }

    /// Row S19: what a name holds is the business of those who show it; it arrives unchanged.
    @ParameterizedTest
    @ValueSource(strings = {"%n%s%x", "' OR 1=1 --", "a\r\nSet-Cookie: b", "\u0000", "${jndi:ldap://x}", "\u202Egpj"})
    void oddNamesArriveUnchanged(String name) throws MalformedPacket {
        Message message = decode(withAttribute(AttributeType.USERNAME, name.getBytes(StandardCharsets.UTF_8)));

        assertThat(message.find(Attribute.Username.class)).contains(new Attribute.Username(name));
    }

    @Test
    void softwareOfAnyKindIsTaken() throws MalformedPacket {
        byte[] latin1 = "caf\u00E9 ".repeat(200).getBytes(StandardCharsets.ISO_8859_1);

        assertThat(decode(withAttribute(AttributeType.SOFTWARE, latin1)).find(Attribute.Software.class))
                .isPresent();
    }

    @Test
    void unknownRequiredTypesAreListedOnceAndInOrder() throws MalformedPacket {
        Message message = new Message(
                MessageClass.REQUEST,
                Method.ALLOCATE,
                new TransactionId(1, 2),
                List.of(unknown(0x7FFE), unknown(0x8FFF), unknown(0x0002), unknown(0x7FFE)));
        ByteBuffer memory = ByteBuffer.allocate(100);
        int bytes = MessageEncoder.encode(memory, 0, message);

        assertThat(MessageDecoder.decode(memory, 0, bytes).unknownRequired()).containsExactly(0x7FFE, 0x0002);
    }

    @Test
    void malformedPacketCostsNoStackTrace() {
        assertThat(new MalformedPacket("x").getStackTrace()).isEmpty();
    }

    private static Attribute unknown(int type) {
        return new Attribute.Unknown(type, Bytes.EMPTY);
    }

    /// A Binding request with one attribute of any content.
    private static byte[] withAttribute(int type, byte[] value) {
        ByteBuffer memory = ByteBuffer.allocate(StunHeader.HEADER_BYTES + 4 + AttributeCursor.padded(value.length));
        StunHeader.write(memory, 0, 0x0001, memory.capacity() - StunHeader.HEADER_BYTES, 1, 2);
        memory.putShort(20, (short) type).putShort(22, (short) value.length).put(24, value);
        return memory.array();
    }

    private static Message decode(byte[] packet) throws MalformedPacket {
        return MessageDecoder.decode(ByteBuffer.wrap(packet), 0, packet.length);
    }

    private static void assertMalformed(byte[] packet, String message) {
        assertThatThrownBy(() -> decode(packet))
                .isInstanceOf(MalformedPacket.class)
                .hasMessageContaining(message);
    }

    private static void decodesOrIsMalformed(ByteBuffer memory) {
        try {
            assertThat(MessageDecoder.decode(memory, 0, memory.capacity())).isNotNull();
        } catch (MalformedPacket expected) {
            assertThat(expected).hasMessageNotContaining("null");
        }
        assertThat(Integrity.verifySha1(memory, 0, memory.capacity(), new byte[16]))
                .isFalse();
    }
}
