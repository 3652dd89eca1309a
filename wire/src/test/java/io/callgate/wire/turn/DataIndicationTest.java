package io.callgate.wire.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.wire.Bytes;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.Packets;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.MessageDecoder;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.TransactionId;
import io.callgate.wire.stun.TransportAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataIndicationTest {
    private static final int PAYLOAD_OFFSET = 64;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 1199, 1200, 1201, 1202, 1500})
    void decoderReadsWhatWasWrittenAround(int payloadBytes) throws MalformedPacket {
        Random random = new Random(payloadBytes);
        for (int round = 0; round < 50; round++) {
            TransportAddress peer = random.nextBoolean()
                    ? TransportAddress.ofIpv4(random.nextInt(), random.nextInt(0x10000))
                    : new TransportAddress(true, random.nextLong(), random.nextLong(), random.nextInt(0x10000));
            TransactionId id = TransactionId.random(random);
            byte[] payload = new byte[payloadBytes];
            random.nextBytes(payload);
            ByteBuffer memory = Packets.amid(payload, PAYLOAD_OFFSET, 8);

            int start = DataIndication.writeAround(
                    memory, PAYLOAD_OFFSET, payloadBytes, id.high(), id.low(), peer.high(), peer.low(), peer.port());

            int bytes = DataIndication.totalBytes(peer.ipv6(), payloadBytes);
            assertThat(start).isEqualTo(PAYLOAD_OFFSET - DataIndication.headerBytes(peer.ipv6()));
            assertThat(MessageDecoder.decode(memory, start, bytes))
                    .isEqualTo(new Message(
                            MessageClass.INDICATION,
                            Method.DATA,
                            id,
                            List.of(new Attribute.XorPeerAddress(peer), new Attribute.Data(Bytes.of(payload)))));
            assertThat(memory.get(start - 1)).isEqualTo((byte) 0xFF);
            assertThat(memory.get(start + bytes)).isEqualTo((byte) 0xFF);
        }
    }

    /// Row S18.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void paddingIsZero(int payloadBytes) {
        ByteBuffer memory = Packets.amid(new byte[payloadBytes], PAYLOAD_OFFSET, 8);

        DataIndication.writeAround(memory, PAYLOAD_OFFSET, payloadBytes, 1, 2, 0, 0x0000_FFFF_0A00_0001L, 9);

        for (int at = payloadBytes; at % 4 != 0; at++) {
            assertThat(memory.get(PAYLOAD_OFFSET + at)).isZero();
        }
    }

    @Test
    void headerIs36Or48Bytes() {
        assertThat(DataIndication.headerBytes(false)).isEqualTo(36);
        assertThat(DataIndication.headerBytes(true)).isEqualTo(48);
        assertThat(DataIndication.totalBytes(false, 5)).isEqualTo(44);
    }
}
