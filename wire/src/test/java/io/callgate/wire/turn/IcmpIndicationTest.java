package io.callgate.wire.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.wire.MalformedPacket;
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
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IcmpIndicationTest {
    @RepeatedTest(50)
    void decoderReadsWhatWasWritten(RepetitionInfo round) throws MalformedPacket {
        Random random = new Random(round.getCurrentRepetition());
        TransportAddress peer = random.nextBoolean()
                ? TransportAddress.ofIpv4(random.nextInt(), random.nextInt(0x10000))
                : new TransportAddress(true, random.nextLong(), random.nextLong(), random.nextInt(0x10000));
        TransactionId id = TransactionId.random(random);
        int type = random.nextInt(128);
        int code = random.nextInt(256);
        int mtu = random.nextInt(65_536);
        ByteBuffer memory = ByteBuffer.allocate(IcmpIndication.MAX_BYTES);

        IcmpIndication.write(memory, id.high(), id.low(), peer.high(), peer.low(), peer.port(), type, code, mtu);

        assertThat(MessageDecoder.decode(memory, 0, IcmpIndication.totalBytes(peer.ipv6())))
                .isEqualTo(new Message(
                        MessageClass.INDICATION,
                        Method.DATA,
                        id,
                        List.of(new Attribute.XorPeerAddress(peer), new Attribute.Icmp(type, code, mtu))));
    }

    @ParameterizedTest
    @CsvSource({"128, 0", "-1, 0", "3, 256", "3, -1"})
    void refusesWhatTheAttributeHasNoRoomFor(int type, int code) {
        ByteBuffer memory = ByteBuffer.allocate(IcmpIndication.MAX_BYTES);

        assertThatThrownBy(() -> IcmpIndication.write(memory, 1, 2, 0, 0x0000_FFFF_7F00_0001L, 9, type, code, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ICMP type " + type);
    }
}
