package io.callgate.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StunHeaderTest {
    @ParameterizedTest(name = "{0} of method {1} is {2}") // RFC 8656 §17 and RFC 8489 §5
    @CsvSource({
        "REQUEST, 0x001, 0x0001",
        "SUCCESS, 0x001, 0x0101",
        "ERROR, 0x001, 0x0111",
        "INDICATION, 0x001, 0x0011",
        "REQUEST, 0x003, 0x0003",
        "INDICATION, 0x006, 0x0016",
        "INDICATION, 0x007, 0x0017",
        "SUCCESS, 0x009, 0x0109",
        "ERROR, 0xFFF, 0x3FFF",
        "REQUEST, 0xFFF, 0x3EEF",
    })
    void interleavesClassAndMethod(MessageClass type, String method, String messageType) {
        ByteBuffer memory =
                ByteBuffer.allocate(20).putShort(0, Integer.decode(messageType).shortValue());

        assertThat(StunHeader.messageType(type, Integer.decode(method))).isEqualTo(Integer.decode(messageType));
        assertThat(StunHeader.messageClass(memory, 0)).isEqualTo(type);
        assertThat(StunHeader.method(memory, 0)).isEqualTo(Integer.decode(method));
    }

    @Test
    void everyTypeOf14BitsComesBack() {
        ByteBuffer memory = ByteBuffer.allocate(20);
        for (int type = 0; type < 0x4000; type++) {
            memory.putShort(0, (short) type);

            assertThat(StunHeader.messageType(StunHeader.messageClass(memory, 0), StunHeader.method(memory, 0)))
                    .isEqualTo(type);
        }
    }

    @Test
    void transactionIdComesBack() {
        TransactionId id = TransactionId.random(new Random(1));
        ByteBuffer memory = ByteBuffer.allocate(30);

        StunHeader.write(memory, 10, 0x0001, 0, id.high(), id.low());

        assertThat(TransactionId.of(memory, 10)).isEqualTo(id);
        assertThat(StunHeader.looksLikeStun(memory, 10, 20)).isTrue();
    }
}
