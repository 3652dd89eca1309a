package io.callgate.wire.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.wire.MalformedPacket;
import io.callgate.wire.Packets;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamFramerTest {
    /// STUN with a length field of 65532.
    private static final int LONGEST_FRAME = 65_552;

    private static final List<String> STREAM = List.of(
            "chromium-tcp-allocate-request-authenticated",
            "chromium-tcp-channel-data",
            "uclient-connect-request",
            "chromium-tcp-channel-data",
            "coturn-connection-attempt-indication",
            "chromium-binding-request");

    @Test
    void findsTheMessagesOfAStream() throws MalformedPacket {
        byte[] stream = stream();
        ByteBuffer memory = ByteBuffer.wrap(stream);
        List<Integer> frames = new ArrayList<>();

        for (int at = 0; at < stream.length; at += frames.get(frames.size() - 1)) {
            frames.add(StreamFramer.frameBytes(memory, at, stream.length - at));
        }

        assertThat(frames)
                .isEqualTo(
                        STREAM.stream().map(name -> Packets.read(name).length).toList());
    }

    @ParameterizedTest
    @MethodSource("io.callgate.wire.Packets#stunNames")
    void properPrefixNeedsMore(String name) throws MalformedPacket {
        assertNeedsMore(Packets.read(name));
    }

    @Test
    void properPrefixOfChannelDataNeedsMore() throws MalformedPacket {
        assertNeedsMore(Packets.read("chromium-tcp-channel-data")); // padding is part of the frame
    }

    /// "CONNECT" and "GET" are not among them, they begin like ChannelData: the demultiplexer tells those apart.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001",
                "\u0005\u0001\u0000\u0001\u0002\u0003\u0004\u0005",
                "\u0080",
                "\u00FF"
            })
    void otherProtocolsAreMalformed(String text) {
        ByteBuffer memory = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> StreamFramer.frameBytes(memory, 0, memory.capacity()))
                .isInstanceOf(MalformedPacket.class);
    }

    @Test
    void missingCookieIsMalformedAfter8Bytes() throws MalformedPacket {
        ByteBuffer memory = ByteBuffer.allocate(8).putInt(0, 0x0001FFFC);

        assertThat(StreamFramer.frameBytes(memory, 0, 7)).isZero();
        assertThatThrownBy(() -> StreamFramer.frameBytes(memory, 0, 8)).isInstanceOf(MalformedPacket.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 0xFFFF})
    void stunLengthMustBeAMultipleOf4(int lie) {
        byte[] packet = Packets.read("chromium-binding-request");
        ByteBuffer memory = ByteBuffer.wrap(packet).putShort(2, (short) lie);

        assertThatThrownBy(() -> StreamFramer.frameBytes(memory, 0, packet.length))
                .isInstanceOf(MalformedPacket.class)
                .hasMessageContaining(String.valueOf(lie));
    }

    @Test
    void noFrameIsLongerThanItsBound() throws MalformedPacket {
        ByteBuffer memory = ByteBuffer.allocate(LONGEST_FRAME);
        memory.putInt(0, 0x0001FFFC).putInt(4, 0x2112A442);
        assertThat(StreamFramer.frameBytes(memory, 0, memory.capacity())).isEqualTo(LONGEST_FRAME);

        memory.putInt(0, 0x4000FFFF);
        assertThat(StreamFramer.frameBytes(memory, 0, memory.capacity())).isEqualTo(65540);
    }

    private static byte[] stream() {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        STREAM.forEach(name -> stream.writeBytes(Packets.read(name)));
        return stream.toByteArray();
    }

    private static void assertNeedsMore(byte[] frame) throws MalformedPacket {
        for (int available = 0; available < frame.length; available++) {
            ByteBuffer prefix = ByteBuffer.allocate(available).put(0, frame, 0, available);

            assertThat(StreamFramer.frameBytes(prefix, 0, available)).isZero();
        }
        assertThat(StreamFramer.frameBytes(ByteBuffer.wrap(frame), 0, frame.length))
                .isEqualTo(frame.length);
    }
}
