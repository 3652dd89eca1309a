package io.callgate.wire.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.wire.Packets;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ChannelDataTest {
    @ParameterizedTest
    @MethodSource("io.callgate.wire.Packets#channelDataNames")
    void readsCapturedPackets(String name) {
        byte[] packet = Packets.read(name);
        ByteBuffer memory = Packets.amid(packet, 6, 0);

        assertThat(ChannelData.isValidDatagram(memory, 6, packet.length)).isTrue();
        assertThat(ChannelData.channelNumber(memory, 6)).isEqualTo(0x4000);
        assertThat(packet.length - ChannelData.HEADER_BYTES - ChannelData.payloadBytes(memory, 6))
                .isBetween(0, 3);
    }

    @ParameterizedTest
    @MethodSource("io.callgate.wire.Packets#channelDataNames")
    void prefixShorterThanItsLengthIsNotValid(String name) {
        byte[] packet = Packets.read(name);
        int whole = ChannelData.HEADER_BYTES + ChannelData.payloadBytes(ByteBuffer.wrap(packet), 0);
        for (int length = 0; length < whole; length++) {
            ByteBuffer prefix = ByteBuffer.allocate(length).put(0, packet, 0, length);

            assertThat(ChannelData.isValidDatagram(prefix, 0, length)).isFalse();
        }
    }

    /// Row S18: a length that claims more than the datagram holds would send what lies behind it.
    @Test
    void lengthThatLiesIsNotValid() {
        ByteBuffer memory = ByteBuffer.allocate(104);
        for (int claimed = 0; claimed <= 0xFFFF; claimed++) {
            ChannelData.writeHeader(memory, 0, 0x4001, claimed);

            assertThat(ChannelData.isValidDatagram(memory, 0, 104)).isEqualTo(claimed <= 100);
        }
    }

    @ParameterizedTest
    @CsvSource({"0x3FFF, false", "0x4000, true", "0x4FFF, true", "0x5000, true", "0x7FFF, true", "0x8000, false"})
    void serversTakeTheChannelsOfRfc5766(String number, boolean acceptable) {
        ByteBuffer memory = ByteBuffer.allocate(8);
        ChannelData.writeHeader(memory, 0, Integer.decode(number), 4);

        assertThat(ChannelData.isValidDatagram(memory, 0, 8)).isEqualTo(acceptable);
        assertThat(ChannelNumber.isAcceptable(Integer.decode(number))).isEqualTo(acceptable);
    }

    @ParameterizedTest
    @CsvSource({"0x3FFF, false", "0x4000, true", "0x4FFF, true", "0x5000, false", "0x7FFF, false", "0xFFFF, false"})
    void channelsEndAt0x4FFF(String number, boolean valid) {
        ByteBuffer memory = ByteBuffer.allocate(8);
        ChannelData.writeHeader(memory, 0, Integer.decode(number), 4);

        assertThat(ChannelData.channelNumber(memory, 0)).isEqualTo(Integer.decode(number));
        assertThat(ChannelNumber.isValid(Integer.decode(number))).isEqualTo(valid);
    }

    @Test
    void channelNumberRefusesOthers() {
        assertThat(new ChannelNumber(0x4000).value()).isEqualTo(0x4000);
        assertThatThrownBy(() -> new ChannelNumber(0x5000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("channel number 0x5000 outside 0x4000..0x4FFF");
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "1, 8", "2, 8", "3, 8", "4, 8", "5, 12", "65535, 65540"})
    void padsOnStreams(int payloadBytes, int frameBytes) {
        assertThat(ChannelData.paddedStreamBytes(payloadBytes)).isEqualTo(frameBytes);
    }
}
