package io.callgate.wire.socks5;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.wire.Packets;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UdpHeaderTest {
    private static final int OFFSET = 9;

    @Test
    void whatWasWrittenIsRead() {
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            boolean ipv4 = random.nextBoolean();
            long high = ipv4 ? 0 : random.nextLong();
            long low = ipv4 ? 0x0000_FFFF_0000_0000L | random.nextLong(0x1_0000_0000L) : random.nextLong();
            int port = random.nextInt(0x10000);
            ByteBuffer memory = Packets.amid(new byte[0], OFFSET, 50);

            int headerBytes = UdpHeader.write(memory, OFFSET, high, low, port);

            assertThat(headerBytes).isEqualTo(ipv4 ? UdpHeader.IPV4_BYTES : UdpHeader.IPV6_BYTES);
            assertThat(UdpHeader.headerBytes(memory, OFFSET, headerBytes)).isEqualTo(headerBytes);
            assertThat(UdpHeader.fragment(memory, OFFSET)).isZero();
            assertThat(UdpHeader.high(memory, OFFSET)).isEqualTo(high);
            assertThat(UdpHeader.low(memory, OFFSET)).isEqualTo(low);
            assertThat(UdpHeader.port(memory, OFFSET)).isEqualTo(port);
            assertThat(memory.get(OFFSET - 1)).isEqualTo((byte) 0xFF);
            assertThat(memory.get(OFFSET + headerBytes)).isEqualTo((byte) 0xFF);
        }
    }

    @Test
    void readsDomains() {
        byte[] packet = HexFormat.of().parseHex("00000003076578616d706c650d96cafe");
        ByteBuffer memory = ByteBuffer.wrap(packet);

        assertThat(UdpHeader.headerBytes(memory, 0, packet.length)).isEqualTo(14);
        assertThat(UdpHeader.addressType(memory, 0)).isEqualTo(Target.TYPE_DOMAIN);
        assertThat(UdpHeader.domain(memory, 0)).isEqualTo("example");
        assertThat(UdpHeader.port(memory, 0)).isEqualTo(3478);
    }

    @Test
    void fragmentsAreSeen() {
        ByteBuffer memory = ByteBuffer.wrap(HexFormat.of().parseHex("00008101c00002010050"));

        assertThat(UdpHeader.headerBytes(memory, 0, 10)).isEqualTo(10);
        assertThat(UdpHeader.fragment(memory, 0)).isEqualTo(0x81);
    }

    @ParameterizedTest
    @CsvSource({
        "00000001c00002010050",
        "00000004000000000000000000000000000000010050",
        "00000003076578616d706c650d96",
    })
    void everyProperPrefixIsRefused(String hex) {
        byte[] header = HexFormat.of().parseHex(hex);
        for (int length = 0; length < header.length; length++) {
            ByteBuffer prefix = ByteBuffer.allocate(length).put(0, header, 0, length);

            assertThat(UdpHeader.headerBytes(prefix, 0, length)).isZero();
        }
        assertThat(UdpHeader.headerBytes(ByteBuffer.wrap(header), 0, header.length))
                .isEqualTo(header.length);
    }

    @ParameterizedTest
    @CsvSource({
        "01000001c00002010050, reserved bytes",
        "00010001c00002010050, reserved bytes",
        "00000002c00002010050, address type 2",
        "00000000c00002010050, address type 0",
        "00000003000050000000, empty domain",
        "00000003ff6161616161, domain longer than the datagram",
    })
    void othersAreRefused(String hex, String why) {
        byte[] packet = HexFormat.of().parseHex(hex);

        assertThat(UdpHeader.headerBytes(ByteBuffer.wrap(packet), 0, packet.length))
                .as(why)
                .isZero();
    }
}
