package io.callgate.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8",
        "0.0.0.0/0, 0.0.0.0/0",
        "192.0.2.1, 192.0.2.1/32",
        "2001:db8::/32, 2001:db8::/32",
        "::/0, ::/0",
        "2001:db8::1, 2001:db8::1/128",
        "::ffff:10.0.0.0/104, 10.0.0.0/8",
    })
    void readsNetworks(String text, String written) {
        assertThat(Cidr.parse(text)).hasToString(written);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "10.1.2.3/8 | has host bits set; write 10.0.0.0/8 for the network or 10.1.2.3/32",
                "2001:db8::1/32 | write 2001:db8::/32 for the network or 2001:db8::1/128",
                "10.0.0.0/33 | prefix is within 0 to 32",
                "::/129 | prefix is within 0 to 128",
                "10.0.0.0/ | want a prefix length",
                "10.0.0.0/-1 | want a prefix length",
                "10.0.0.0/255.0.0.0 | want a prefix length",
                "10.0.0/8 | is no IP address",
                "::ffff:0:0/90 | is IPv4 within IPv6",
                "example.com/8 | is no IP address",
            })
    void refusesWithTheMend(String text, String mend) {
        assertThatThrownBy(() -> Cidr.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(mend);
    }

    @Test
    void s3_containsAgreesWithBigIntegers() {
        Random random = new Random(5);
        for (int i = 0; i < 50_000; i++) {
            IpAddress base = randomAddress(random);
            int widthBits = base.isV4() ? 32 : 128;
            int prefixBits = random.nextInt(widthBits + 1);
            BigInteger size = BigInteger.ONE.shiftLeft(widthBits - prefixBits);
            BigInteger first = value(base).divide(size).multiply(size);
            Cidr cidr = new Cidr(address(first), prefixBits);
            // Half of the questions lie at the edges, where byte-wise comparing goes wrong.
            IpAddress asked = random.nextBoolean()
                    ? randomAddress(random)
                    : address(first.add(
                                    random.nextBoolean()
                                            ? BigInteger.valueOf(-random.nextInt(2))
                                            : size.subtract(BigInteger.valueOf(random.nextInt(2))))
                            .mod(BigInteger.ONE.shiftLeft(128)));

            boolean expected = asked.isV4() == base.isV4()
                    && value(asked).compareTo(first) >= 0
                    && value(asked).compareTo(first.add(size)) < 0;

            assertThat(cidr.contains(asked)).as("%s in %s", asked, cidr).isEqualTo(expected);
        }
    }

    @Test
    void anIpv6NetworkNeverHoldsIpv4() {
        assertThat(Cidr.parse("::/0").contains(IpAddress.parse("192.0.2.1"))).isFalse();
        assertThat(Cidr.parse("0.0.0.0/0").contains(IpAddress.parse("2001:db8::1")))
                .isFalse();
        assertThat(Cidr.parse("10.0.0.0/8").isInside(Cidr.parse("::/0"))).isFalse();
    }

    @Test
    void aNetworkIsInsideItselfAndAWiderOne() {
        Cidr network = Cidr.parse("10.1.0.0/16");

        assertThat(network.isInside(network)).isTrue();
        assertThat(network.isInside(Cidr.parse("10.0.0.0/8"))).isTrue();
        assertThat(network.isInside(Cidr.parse("10.1.0.0/17"))).isFalse();
        assertThat(network.isInside(Cidr.parse("11.0.0.0/8"))).isFalse();
    }

    private static IpAddress randomAddress(Random random) {
        return random.nextBoolean()
                ? IpAddress.ofV4(random.nextInt())
                : new IpAddress(random.nextLong(), random.nextLong());
    }

    private static BigInteger value(IpAddress address) {
        return new BigInteger(
                1,
                ByteBuffer.allocate(16)
                        .putLong(address.high())
                        .putLong(address.low())
                        .array());
    }

    private static IpAddress address(BigInteger value) {
        return new IpAddress(value.shiftRight(64).longValue(), value.longValue());
    }
}
