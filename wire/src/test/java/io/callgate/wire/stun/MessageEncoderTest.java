package io.callgate.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.wire.Bytes;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.Packets;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageEncoderTest {
    private static final TransactionId ID = new TransactionId(1, 2);
    private static final byte[] KEY = {1};

    @Test
    void makesRfc5769ResponseButForItsPadding() throws MalformedPacket {
        byte[] golden = Packets.read("rfc5769-response-ipv4");
        Message message = MessageDecoder.decode(ByteBuffer.wrap(golden), 0, golden.length);
        ByteBuffer memory = ByteBuffer.allocate(golden.length);

        int bytes = MessageEncoder.begin(memory, 0, message.type(), message.method(), message.id())
                .add(message.attributes().get(0))
                .add(message.attributes().get(1))
                .integrity(Integrity.shortTermKey("VOkJxbRl1RmTxUk/WvJxBt"))
                .fingerprint()
                .finish();

        assertThat(bytes).isEqualTo(golden.length);
        assertThat(memory.slice(0, 35)).isEqualTo(ByteBuffer.wrap(golden, 0, 35).slice());
        assertThat(memory.get(35)).isZero(); // the vector pads with a space
        assertThat(memory.slice(36, 16))
                .isEqualTo(ByteBuffer.wrap(golden, 36, 16).slice());
        assertThat(MessageDecoder.decode(memory, 0, bytes).attributes()).hasSize(4);
    }

    @Test
    void makesRfc8489RequestByteForByte() throws MalformedPacket {
        byte[] golden = Packets.read("rfc8489-userhash-sha256");
        Message message = MessageDecoder.decode(ByteBuffer.wrap(golden), 0, golden.length);
        ByteBuffer memory = ByteBuffer.allocate(golden.length);
        MessageEncoder encoder = MessageEncoder.begin(memory, 0, message.type(), message.method(), message.id());
        message.attributes().subList(0, 4).forEach(encoder::add);

        encoder.integritySha256(
                        Integrity.longTermKeySha256("\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9", "example.org", "TheMatrIX"))
                .finish();

        assertThat(memory.array()).isEqualTo(golden);
    }

    /// Row S18: what was in the memory before never leaves.
    @Test
    void paddingIsZeroInDirtyMemory() {
        Random random = new Random(18);
        for (int round = 0; round < 200; round++) {
            List<Attribute> attributes = Attributes.some(random, 5);
            ByteBuffer clean = ByteBuffer.allocate(9000);
            ByteBuffer dirty = Packets.amid(new byte[0], 9000, 0);

            assertThat(encode(dirty, attributes)).isEqualTo(encode(clean, attributes));
            assertThat(dirty.slice(0, lengthOf(dirty))).isEqualTo(clean.slice(0, lengthOf(clean)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 20, 24, 28, 32})
    void truncatedSha256Verifies(int hmacBytes) throws MalformedPacket {
        ByteBuffer memory = ByteBuffer.allocate(200);

        int bytes = begin(memory)
                .add(new Attribute.Lifetime(1))
                .integritySha256(KEY, hmacBytes)
                .fingerprint()
                .finish();

        assertThat(Integrity.verifySha256(memory, 0, bytes, KEY)).isTrue();
        assertThat(Integrity.verifySha256(memory, 0, bytes, new byte[] {2})).isFalse();
        assertThat(MessageDecoder.decode(memory, 0, bytes).attributes()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 12, 15, 18, 33, 36})
    void shorterOrOddSha256IsRefused(int hmacBytes) {
        MessageEncoder encoder = begin(ByteBuffer.allocate(100));

        assertThatThrownBy(() -> encoder.integritySha256(KEY, hmacBytes)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAttributesThatAReceiverWouldIgnore() {
        MessageEncoder encoder = begin(ByteBuffer.allocate(200)).integrity(KEY);

        assertThatThrownBy(() -> encoder.add(new Attribute.Lifetime(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> encoder.integrity(KEY)).isInstanceOf(IllegalStateException.class);
        encoder.integritySha256(KEY).fingerprint();
        assertThatThrownBy(() -> encoder.integrity(KEY)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(encoder::fingerprint).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesMoreThanALengthFieldCanSay() {
        MessageEncoder encoder = begin(ByteBuffer.allocate(200_000));
        Attribute big = new Attribute.Data(Bytes.of(new byte[40_000]));
        encoder.add(big);

        assertThatThrownBy(() -> encoder.add(big)).isInstanceOf(IllegalArgumentException.class);
    }

    private static MessageEncoder begin(ByteBuffer memory) {
        return MessageEncoder.begin(memory, 0, MessageClass.SUCCESS, Method.ALLOCATE, ID);
    }

    private static int encode(ByteBuffer memory, List<Attribute> attributes) {
        return MessageEncoder.encode(memory, 0, new Message(MessageClass.SUCCESS, Method.ALLOCATE, ID, attributes));
    }

    private static int lengthOf(ByteBuffer memory) {
        return StunHeader.HEADER_BYTES + StunHeader.bodyBytes(memory, 0);
    }
}
