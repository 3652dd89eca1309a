package io.callgate.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationRuleTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "198.51.100.0/24 | 198.51.100.0/24",
                "198.51.100.7 | 198.51.100.7/32",
                "198.51.100.7:443 | 198.51.100.7/32:443",
                "198.51.100.7/udp | 198.51.100.7/32/udp",
                "198.51.100.7:443/tcp | 198.51.100.7/32:443/tcp",
                "198.51.100.0/24/UDP | 198.51.100.0/24/udp",
                "198.51.100.0/24:443,1000-2000/udp | 198.51.100.0/24:443,1000-2000/udp",
                "0.0.0.0/0:1-65535 | 0.0.0.0/0",
                "2001:db8::/32 | [2001:db8::]/32",
                "2001:db8::/32:443/tcp | [2001:db8::]/32:443/tcp",
                "[2001:db8::]/32:443/tcp | [2001:db8::]/32:443/tcp",
                "[2001:db8::/32]:443 | [2001:db8::]/32:443",
                "2001:db8::443 | [2001:db8::443]/128",
                "[2001:db8::7]:443/udp | [2001:db8::7]/128:443/udp",
                "[2001:db8::7] | [2001:db8::7]/128",
                "2001:db8::7/udp | [2001:db8::7]/128/udp",
                "SFU.example.com. | sfu.example.com",
                "sfu.example.com:443/tcp | sfu.example.com:443/tcp",
            })
    void readsTheAllowForm(String text, String written) {
        DestinationRule rule = DestinationRule.parse(text);

        assertThat(rule).hasToString(written);
        assertThat(DestinationRule.parse(rule.toString())).isEqualTo(rule);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | host \"\"",
                "10.0.0.1/8 | host bits set; write 10.0.0.0/8",
                "10.0.0.0/8:0 | a port is within 1 to 65535",
                "10.0.0.0/8:65536 | a port is within 1 to 65535",
                "10.0.0.0/8:9-8 | write 8-9",
                "10.0.0.0/8: | want a port",
                "10.0.0.0/8:443, | want a port",
                "10.0.0.0/8/icmp | want udp or tcp",
                "10.0.0.256 | is no IP address",
                "10.0.0.256.nowhere.1 | want a name",
                "[2001:db8::7:443 | brackets do not match",
                "2001:db8::7]:443 | brackets do not match",
                "2001:db8::zz | is no IP address",
                "-bad-.example.com | want a name",
                "two words | want a name",
            })
    void refusesWithTheMend(String text, String mend) {
        assertThatThrownBy(() -> DestinationRule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(mend)
                .hasMessageContaining("CIDR[:PORTS][/udp|/tcp]");
    }
}
