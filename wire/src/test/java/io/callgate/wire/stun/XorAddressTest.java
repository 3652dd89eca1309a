package io.callgate.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.wire.Packets;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class XorAddressTest {
    private static final int MESSAGE = 3;
    private static final int VALUE = MESSAGE + 24;

    @Test
    void whatWasWrittenIsRead() {
        Random random = new Random(8489);
        for (int round = 0; round < 1000; round++) {
            TransportAddress a = Attributes.address(random);
            TransactionId id = TransactionId.random(random);
            ByteBuffer memory = Packets.amid(new byte[60], 0, 0);
            StunHeader.write(memory, MESSAGE, 0x0101, 0, id.high(), id.low());

            XorAddress.write(memory, VALUE, a.ipv6(), a.high(), a.low(), a.port(), id.high(), id.low());

            assertThat(XorAddress.isValid(memory, VALUE, XorAddress.valueBytes(a.ipv6())))
                    .isTrue();
            assertThat(XorAddress.isIpv6(memory, VALUE)).isEqualTo(a.ipv6());
            assertThat(XorAddress.port(memory, VALUE)).isEqualTo(a.port());
            assertThat(XorAddress.high(memory, VALUE, MESSAGE)).isEqualTo(a.high());
            assertThat(XorAddress.low(memory, VALUE, MESSAGE)).isEqualTo(a.low());
        }
    }

    /// Row S2: IPv6's ::ffff:127.0.0.1 and IPv4's 127.0.0.1 are the same two longs, and different attributes.
    @Test
    void mappedIpv6KeepsItsFamily() {
        TransportAddress mapped = new TransportAddress(true, 0, 0x0000_FFFF_7F00_0001L, 80);
        TransportAddress plain = TransportAddress.ofIpv4(0x7F000001, 80);

        assertThat(mapped).isNotEqualTo(plain);
        assertThat(mapped.low()).isEqualTo(plain.low());
        assertThat(XorAddress.isIpv4Mapped(mapped.high(), mapped.low())).isTrue();
        assertThat(mapped.toInetSocketAddress().getAddress().getAddress()).hasSize(16);
        assertThat(mapped).hasToString("[0:0:0:0:0:ffff:7f00:1]:80");
        assertThat(plain).hasToString("127.0.0.1:80");
    }

    @Test
    void socketAddressesComeBack() {
        for (String host : new String[] {"192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::1", "::", "::1"}) {
            InetSocketAddress address = new InetSocketAddress(host, 65535);

            assertThat(TransportAddress.of(address).toInetSocketAddress()).isEqualTo(address);
        }
    }

    @Test
    void impossibleAddressesAreRefused() {
        assertThatThrownBy(() -> TransportAddress.of(InetSocketAddress.createUnresolved("x", 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TransportAddress(false, 1, 2, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TransportAddress.ofIpv4(1, 65536)).isInstanceOf(IllegalArgumentException.class);
    }
}
