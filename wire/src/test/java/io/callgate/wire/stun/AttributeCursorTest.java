package io.callgate.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.wire.Bytes;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.Packets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttributeCursorTest {
    private static final TransactionId ID = new TransactionId(0x01020304, 0x05060708090A0B0CL);
    private static final byte[] KEY = {1, 2, 3};
    private static final Attribute PEER_1 = new Attribute.XorPeerAddress(TransportAddress.ofIpv4(0xC0000201, 1000));
    private static final Attribute PEER_2 = new Attribute.XorPeerAddress(TransportAddress.ofIpv4(0x7F000001, 2000));
    private static final Attribute LIFETIME = new Attribute.Lifetime(3600);
    private static final Attribute DATA = new Attribute.Data(Bytes.of(new byte[] {1, 2, 3, 4, 5}));

    private final ByteBuffer memory = ByteBuffer.allocate(1000);
    private final AttributeCursor cursor = new AttributeCursor();

    /// What a message ends with.
    enum Seal {
        SHA1,
        SHA256,
        BOTH;

        List<Integer> types() {
            return switch (this) {
                case SHA1 -> List.of(AttributeType.MESSAGE_INTEGRITY);
                case SHA256 -> List.of(AttributeType.MESSAGE_INTEGRITY_SHA256);
                case BOTH -> List.of(AttributeType.MESSAGE_INTEGRITY, AttributeType.MESSAGE_INTEGRITY_SHA256);
            };
        }

        MessageEncoder apply(MessageEncoder encoder) {
            return switch (this) {
                case SHA1 -> encoder.integrity(KEY);
                case SHA256 -> encoder.integritySha256(KEY);
                case BOTH -> encoder.integrity(KEY).integritySha256(KEY);
            };
        }
    }

    @Test
    void readsChromiumsSendIndicationInPlace() {
        byte[] packet = Packets.read("chromium-send-indication");
        ByteBuffer slab = Packets.amid(packet, 11, 13);

        assertThat(cursor.reset(slab, 11, packet.length)).isTrue();
        assertThat(StunHeader.messageType(slab, 11)).isEqualTo(StunHeader.SEND_INDICATION);

        assertThat(cursor.next()).isTrue();
        assertThat(cursor.type()).isEqualTo(AttributeType.XOR_PEER_ADDRESS);
        assertThat(XorAddress.isValid(slab, cursor.valueOffset(), cursor.valueBytes()))
                .isTrue();
        assertThat(XorAddress.isIpv6(slab, cursor.valueOffset())).isFalse();
        assertThat(XorAddress.high(slab, cursor.valueOffset(), 11)).isZero();
        assertThat(XorAddress.low(slab, cursor.valueOffset(), 11)).isEqualTo(0x0000_FFFF_7F00_0001L);
        assertThat(XorAddress.port(slab, cursor.valueOffset())).isEqualTo(0x818F ^ 0x2112);

        assertThat(cursor.next()).isTrue();
        assertThat(cursor.type()).isEqualTo(AttributeType.DATA);
        assertThat(cursor.valueOffset()).isEqualTo(11 + packet.length - 96);
        assertThat(cursor.valueBytes()).isEqualTo(96);
        assertThat(cursor.next()).isFalse();
        assertThat(cursor.next()).isFalse();
    }

    /// Row S8: who judges one address and uses another one is bypassed.
    @Test
    void showsDuplicatesAndFindTakesTheFirst() throws MalformedPacket {
        int bytes = begin().add(PEER_1).add(PEER_2).add(DATA).add(DATA).finish();

        assertThat(typesSeen(bytes))
                .containsExactly(
                        AttributeType.XOR_PEER_ADDRESS,
                        AttributeType.XOR_PEER_ADDRESS,
                        AttributeType.DATA,
                        AttributeType.DATA);
        Message message = MessageDecoder.decode(memory, 0, bytes);
        assertThat(message.find(Attribute.XorPeerAddress.class)).contains((Attribute.XorPeerAddress) PEER_1);
        assertThat(message.findAll(Attribute.XorPeerAddress.class)).hasSize(2);
    }

    /// Row S7: nobody has vouched for what stands behind the integrity.
    @ParameterizedTest
    @EnumSource
    void hidesWhatStandsBehindIntegrity(Seal seal) throws MalformedPacket {
        int sealedBytes = seal.apply(begin().add(PEER_1)).finish();
        int bytes = append(sealedBytes, LIFETIME, PEER_2, new Attribute.Unknown(0x7FFF, Bytes.EMPTY));
        bytes = appendFingerprint(bytes);

        List<Integer> expected = new ArrayList<>(List.of(AttributeType.XOR_PEER_ADDRESS));
        expected.addAll(seal.types());
        expected.add(AttributeType.FINGERPRINT);
        assertThat(typesSeen(bytes)).isEqualTo(expected);

        Message message = MessageDecoder.decode(memory, 0, bytes);
        assertThat(message.find(Attribute.Lifetime.class)).isEmpty();
        assertThat(message.unknownRequired()).isEmpty();
        assertThat(message.findAll(Attribute.XorPeerAddress.class)).hasSize(1);
    }

    @Test
    void integrityStillHoldsWhenSomethingIsAppended() {
        int bytes =
                append(begin().add(PEER_1).integrity(KEY).integritySha256(KEY).finish(), LIFETIME);

        assertThat(Integrity.verifySha1(memory, 0, bytes, KEY)).isTrue();
        assertThat(Integrity.verifySha256(memory, 0, bytes, KEY)).isTrue();
    }

    /// Row S7: SHA-256 behind SHA-1 is known, and no reason for a 420.
    @Test
    void sha256BehindSha1IsSeen() throws MalformedPacket {
        int bytes = begin().add(LIFETIME).integrity(KEY).integritySha256(KEY).finish();

        Message message = MessageDecoder.decode(memory, 0, bytes);

        assertThat(message.find(Attribute.MessageIntegritySha256.class)).isPresent();
        assertThat(message.unknownRequired()).isEmpty();
    }

    @Test
    void sha1BehindSha256IsHidden() {
        int bytes = append(
                begin().integritySha256(KEY).finish(),
                new Attribute.MessageIntegrity(Bytes.of(new byte[Integrity.SHA1_BYTES])));

        assertThat(typesSeen(bytes)).containsExactly(AttributeType.MESSAGE_INTEGRITY_SHA256);
    }

    @Test
    void secondIntegrityIsHidden() {
        Attribute forged = new Attribute.MessageIntegrity(Bytes.of(new byte[Integrity.SHA1_BYTES]));
        int bytes = append(begin().integrity(KEY).finish(), forged);

        assertThat(typesSeen(bytes)).containsExactly(AttributeType.MESSAGE_INTEGRITY);
        assertThat(Integrity.verifySha1(memory, 0, bytes, KEY)).isTrue();
    }

    @Test
    void hidesWhatStandsBehindFingerprint() {
        int bytes = append(begin().fingerprint().finish(), LIFETIME, PEER_1);

        assertThat(typesSeen(bytes)).containsExactly(AttributeType.FINGERPRINT);
    }

    @Test
    void brokenMessageShowsNothing() {
        int bytes = begin().add(PEER_1).add(DATA).finish();
        memory.putShort(20 + 12 + 2, (short) 9); // DATA claims one byte more than its padding holds

        assertThat(cursor.reset(memory, 0, bytes)).isFalse();
        assertThat(cursor.next()).isFalse();
    }

    @Test
    void resetForgetsTheMessageBefore() {
        int bytes = begin().add(LIFETIME).integrity(KEY).finish();
        typesSeen(bytes);
        int other = begin().add(PEER_1).finish();

        assertThat(typesSeen(other)).containsExactly(AttributeType.XOR_PEER_ADDRESS);
    }

    private MessageEncoder begin() {
        return MessageEncoder.begin(memory, 0, MessageClass.INDICATION, Method.SEND, ID);
    }

    private List<Integer> typesSeen(int bytes) {
        assertThat(cursor.reset(memory, 0, bytes)).isTrue();
        List<Integer> types = new ArrayList<>();
        while (cursor.next()) {
            types.add(cursor.type());
        }
        return types;
    }

    /// What an attacker on the path can do: append attributes and mend the header's length.
    private int append(int messageBytes, Attribute... attributes) {
        int end = messageBytes;
        for (Attribute attribute : attributes) {
            memory.putShort(end, (short) attribute.type()).putShort(end + 2, (short) attribute.valueBytes());
            attribute.writeValue(memory, end + 4, ID);
            end += 4 + AttributeCursor.padded(attribute.valueBytes());
        }
        memory.putShort(StunHeader.LENGTH_OFFSET, (short) (end - StunHeader.HEADER_BYTES));
        return end;
    }

    private int appendFingerprint(int messageBytes) {
        int end = append(messageBytes, new Attribute.Fingerprint(0));
        memory.putInt(end - 4, Fingerprint.of(memory, 0, messageBytes));
        return end;
    }
}
