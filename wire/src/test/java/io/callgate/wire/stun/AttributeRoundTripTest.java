package io.callgate.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.wire.MalformedPacket;
import io.callgate.wire.Packets;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributeRoundTripTest {
    private static final int OFFSET = 5;

    @Test
    void generatorKnowsEveryAttribute() {
        assertThat(Attributes.oneOfEach(new Random(1)))
                .extracting(attribute -> (Object) attribute.getClass())
                .containsExactlyInAnyOrderElementsOf(Attributes.recordsOf(Attribute.class));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void everyAttributeComesBackAsItWas(long seed) throws MalformedPacket {
        Random random = new Random(seed);
        for (Attribute attribute : Attributes.oneOfEach(random)) {
            if (attribute instanceof Attribute.Fingerprint) {
                continue; // a random one is wrong, and the decoder checks it
            }
            Message message = new Message(
                    MessageClass.REQUEST, Method.ALLOCATE, TransactionId.random(random), List.of(attribute));

            assertThat(encodedAndDecoded(message)).isEqualTo(message);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {17, 18, 19, 20, 21, 22, 23, 24})
    void messagesComeBackAsTheyWere(long seed) throws MalformedPacket {
        Random random = new Random(seed);
        for (MessageClass type : MessageClass.values()) {
            Message message =
                    new Message(type, random.nextInt(0x1000), TransactionId.random(random), Attributes.some(random, 6));

            assertThat(encodedAndDecoded(message)).isEqualTo(message);
        }
    }

    private static Message encodedAndDecoded(Message message) throws MalformedPacket {
        ByteBuffer memory = Packets.amid(new byte[20_000], OFFSET, 0);

        int bytes = MessageEncoder.encode(memory, OFFSET, message);

        assertThat(memory.position()).isZero();
        assertThat(memory.get(OFFSET - 1)).isEqualTo((byte) 0xFF);
        return MessageDecoder.decode(memory, OFFSET, bytes);
    }
}
