package io.callgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.callgate.wire.socks5.AuthStatus;
import io.callgate.wire.socks5.Greeting;
import io.callgate.wire.socks5.MethodSelection;
import io.callgate.wire.socks5.Reply;
import io.callgate.wire.socks5.Request;
import io.callgate.wire.socks5.UdpHeader;
import io.callgate.wire.socks5.UsernamePassword;
import io.callgate.wire.stun.AttributeCursor;
import io.callgate.wire.stun.Integrity;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageDecoder;
import io.callgate.wire.stun.MessageEncoder;
import io.callgate.wire.stun.SecurityFeatures;
import io.callgate.wire.stun.StunHeader;
import io.callgate.wire.turn.ChannelData;
import io.callgate.wire.turn.StreamFramer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/// Any bytes: a value, or [MalformedPacket], and nothing else. Row S17.
///
/// Without `JAZZER_FUZZ=1` each target runs once over the golden packets and over what fuzzing once found, in
/// `src/test/resources/io/callgate/wire/CodecFuzzTestInputs`. With it, one target at a time is fuzzed:
/// `JAZZER_FUZZ=1 ./mvnw -pl wire test -Dtest=CodecFuzzTest#decodesMessages`.
class CodecFuzzTest {
    static Stream<byte[]> packets() {
        return Packets.names().stream().map(Packets::read);
    }

    @MethodSource("packets")
    @FuzzTest
    void decodesMessages(byte[] datagram) {
        ByteBuffer memory = ByteBuffer.wrap(datagram);
        try {
            Message message = MessageDecoder.decode(memory, 0, datagram.length);
            ByteBuffer again = ByteBuffer.allocate(2 * datagram.length + 64);
            int bytes = MessageEncoder.encode(again, 0, message);
            assertThat(bytes).isPositive();
        } catch (MalformedPacket expected) {
            assertThat(expected.getMessage()).isNotEmpty();
        }
    }

    @MethodSource("packets")
    @FuzzTest
    void walksAttributes(byte[] datagram) {
        ByteBuffer memory = ByteBuffer.wrap(datagram);
        AttributeCursor cursor = new AttributeCursor();
        if (!StunHeader.looksLikeStun(memory, 0, datagram.length) || !cursor.reset(memory, 0, datagram.length)) {
            return;
        }
        while (cursor.next()) {
            assertThat(cursor.valueOffset() + cursor.valueBytes()).isLessThanOrEqualTo(datagram.length);
        }
        assertThat(Integrity.verifySha1(memory, 0, datagram.length, new byte[1]))
                .isFalse();
        assertThat(Integrity.verifySha256(memory, 0, datagram.length, new byte[1]))
                .isFalse();
    }

    @MethodSource("packets")
    @FuzzTest
    void framesStreams(byte[] stream) {
        ByteBuffer memory = ByteBuffer.wrap(stream);
        try {
            int at = 0;
            int frameBytes;
            do {
                frameBytes = StreamFramer.frameBytes(memory, at, stream.length - at);
                at += frameBytes;
                assertThat(at).isLessThanOrEqualTo(stream.length);
            } while (frameBytes > 0);
        } catch (MalformedPacket expected) {
            assertThat(expected.getMessage()).isNotEmpty();
        }
    }

    @MethodSource("packets")
    @FuzzTest
    void readsDatagramsInPlace(byte[] datagram) {
        ByteBuffer memory = ByteBuffer.wrap(datagram);
        if (ChannelData.isValidDatagram(memory, 0, datagram.length)) {
            assertThat(ChannelData.payloadBytes(memory, 0)).isLessThan(datagram.length);
        }
        int headerBytes = UdpHeader.headerBytes(memory, 0, datagram.length);
        if (headerBytes > 0) {
            assertThat(headerBytes).isLessThanOrEqualTo(datagram.length);
            assertThat(UdpHeader.port(memory, 0)).isBetween(0, 0xFFFF);
        }
        assertThat(SecurityFeatures.parse(new String(datagram, StandardCharsets.ISO_8859_1)))
                .isNotNull();
    }

    @MethodSource("packets")
    @FuzzTest
    void decodesSocks5(byte[] stream) {
        attempt(Greeting::decode, stream);
        attempt(MethodSelection::decode, stream);
        attempt(UsernamePassword::decode, stream);
        attempt(AuthStatus::decode, stream);
        attempt(Request::decode, stream);
        attempt(Reply::decode, stream);
    }

    private interface Decoder {
        Optional<?> decode(ByteBuffer memory, int offset, int available) throws MalformedPacket;
    }

    private static void attempt(Decoder decoder, byte[] stream) {
        try {
            assertThat(decoder.decode(ByteBuffer.wrap(stream), 0, stream.length))
                    .isNotNull();
        } catch (MalformedPacket expected) {
            assertThat(expected.getMessage()).isNotEmpty();
        }
    }
}
