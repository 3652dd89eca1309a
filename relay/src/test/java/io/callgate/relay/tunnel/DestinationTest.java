package io.callgate.relay.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.HostName;
import io.callgate.model.IpAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients write as a destination.
class DestinationTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "192.0.2.1:443, 192.0.2.1, 443",
        "[2001:db8::1]:1, 2001:db8::1, 1",
        "[::ffff:127.0.0.1]:80, 127.0.0.1, 80" // one form for each address
    })
    void literalIsAnAddress(String text, String address, int port) {
        assertThat(Destination.parseAuthority(text)).contains(new Destination.Literal(IpAddress.parse(address), port));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "example.test:443, example.test",
        "EXAMPLE.Test.:443, example.test",
        "localhost:443, localhost",
        "sfu.3cx:443, sfu.3cx",
        "_sip._tcp.example.test:443, _sip._tcp.example.test",
        "xn--bcher-kva.test:443, xn--bcher-kva.test"
    })
    void nameIsLowerCaseWithoutFinalDot(String text, String host) {
        assertThat(Destination.parseAuthority(text)).contains(new Destination.Named(new HostName(host), 443));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "",
                "127.1",
                "2130706433",
                "0x7f000001",
                "0x7f.1",
                "0177.0.0.1.",
                "1.2.3.4.5",
                "a..b",
                "-a.test",
                "a b.test",
                "a.test/x",
                "a\u0000.test",
                "a.test%00",
                "bücher.test",
                "fe80::1%eth0",
                "[::1]",
                "a@b.test",
                "a.123"
            })
    void neitherAddressNorNameIsNothing(String host) {
        assertThat(Destination.of(host, 443)).isEmpty();
    }

    @Test
    void nameHasAtMost253Characters() {
        String longest = "a.".repeat(125) + "abc";

        assertThat(Destination.of(longest, 443)).isPresent();
        assertThat(Destination.of("b" + longest, 443)).isEmpty();
    }
}
