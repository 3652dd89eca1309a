package io.callgate.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecialRangesTest {
    @ParameterizedTest(name = "{0} is special")
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "100.100.100.200",
                "127.0.0.1",
                "127.0.1.1",
                "127.255.255.255",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.8",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fc00::1",
                "fd12:3456::1",
                "fe80::1",
                "febf::1",
                "fec0::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "64:ff9b::127.0.0.1",
                "64:ff9b:1::8.8.8.8",
                "2002:a00:1::1",
                "fe80::5efe:8.8.8.8",
                "2002:808:808::5efe:10.0.0.1"
            })
    void p8_knowsSpecialAddresses(String literal) {
        IpAddress address = IpAddress.parse(literal);

        assertThat(SpecialRanges.contains(address.high(), address.low())).isTrue();
        assertThat(SpecialRanges.find(address)).isPresent();
    }

    @ParameterizedTest(name = "{0} is ordinary")
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "169.253.0.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.100.7",
                "203.0.113.7",
                "223.255.255.255",
                "2001:db8::1",
                "2400::1",
                "fbff::1",
                "fe7f::1",
                "64:ff9b::8.8.8.8",
                "2002:808:808::1"
            })
    void leavesOrdinaryAddresses(String literal) {
        IpAddress address = IpAddress.parse(literal);

        assertThat(SpecialRanges.contains(address.high(), address.low())).isFalse();
        assertThat(SpecialRanges.find(address)).isEmpty();
    }

    @Test
    void s2_everyEmbeddingOfASpecialV4IsSpecial() {
        Random random = new Random(2);
        List<Cidr> special = SpecialRanges.ALL.stream()
                .map(SpecialRanges.SpecialRange::cidr)
                .filter(cidr -> cidr.network().isV4())
                .toList();
        for (int i = 0; i < 20_000; i++) {
            Cidr range = special.get(i % special.size());
            int hostBits = range.prefixBits() == 0 ? random.nextInt() : random.nextInt() >>> range.prefixBits();
            int v4 = (int) range.network().low() | hostBits;

            for (IpAddress embedding : Embeddings.of(v4, random)) {
                assertThat(SpecialRanges.contains(embedding.high(), embedding.low()))
                        .as("%s hides %s of %s", embedding, IpAddress.ofV4(v4), range)
                        .isTrue();
            }
        }
    }

    @Test
    void s2_anEmbeddingHasTheVerdictOfItsV4() {
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            int v4 = random.nextInt();
            boolean expected = SpecialRanges.contains(0, IpAddress.lowOfV4(v4));

            for (IpAddress embedding : Embeddings.of(v4, random)) {
                assertThat(SpecialRanges.contains(embedding.high(), embedding.low()))
                        .as("%s hides %s", embedding, IpAddress.ofV4(v4))
                        .isEqualTo(expected);
                assertThat(SpecialRanges.find(embedding).isPresent()).isEqualTo(expected);
                assertThat(embedding.canonical()).isEqualTo(IpAddress.ofV4(v4));
            }
        }
    }

    @Test
    void findAndContainsAgreeOnRandomV6() {
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            long high = random.nextLong();
            long low = random.nextLong();

            assertThat(SpecialRanges.contains(high, low))
                    .isEqualTo(SpecialRanges.find(high, low).isPresent());
        }
    }

    @ParameterizedTest(name = "a rule for {0} lies inside {1}")
    @CsvSource({
        "10.1.0.0/16, 10.0.0.0/8",
        "127.0.0.1/32, 127.0.0.0/8",
        "::1/128, ::1/128",
        "fd00::/8, fc00::/7",
        "0.0.0.0/0, ",
        "8.0.0.0/6, ",
        "::/0, ",
        "198.51.100.0/24, "
    })
    void tellsTheRangeThatARuleOpens(String network, String range) {
        assertThat(SpecialRanges.enclosing(Cidr.parse(network))
                        .map(found -> found.cidr().toString()))
                .isEqualTo(java.util.Optional.ofNullable(range));
    }

    @Test
    void tellsTheRangesThatAWideRuleLeavesClosed() {
        assertThat(SpecialRanges.leftClosedBy(Cidr.parse("0.0.0.0/0"))).hasSize(11);
        assertThat(SpecialRanges.leftClosedBy(Cidr.parse("::/0"))).hasSize(7);
        assertThat(SpecialRanges.leftClosedBy(Cidr.parse("10.0.0.0/8"))).isEmpty();
        assertThat(SpecialRanges.leftClosedBy(Cidr.parse("198.51.100.0/24"))).isEmpty();
    }
}
