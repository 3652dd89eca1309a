package io.callgate.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest(name = "{0} is written {1}")
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "255.255.255.255, 255.255.255.255",
        "0.0.0.0, 0.0.0.0",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1", // RFC 5952 §4.2.2: one zero group is no gap
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1", // RFC 5952 §4.2.3: the longest run
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", // RFC 5952 §4.2.3: the first of two equal ones
        "::ffff:10.1.2.3, 10.1.2.3",
        "::FFFF:a01:203, 10.1.2.3",
        "64:ff9b::10.1.2.3, 64:ff9b::a01:203",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    })
    void readsAndWritesLiterals(String literal, String written) {
        assertThat(IpAddress.parse(literal)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "localhost",
                "127.1",
                "1.2.3",
                "1.2.3.4.5",
                "256.1.1.1",
                "01.2.3.4",
                "0177.0.0.1",
                "1.2.3.-4",
                "1.2.3.4 ",
                "0x7f.0.0.1",
                ":",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "12345::",
                "g::",
                "::1%eth0",
                "[::1]",
                "::1.2.3",
                "1.2.3.4::",
                "::1.2.3.4:5",
                "fe80::1/64",
                "１.2.3.4",
                "::１"
            })
    void refusesWhatIsNoLiteral(String text) {
        assertThatThrownBy(() -> IpAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"");
    }

    @Test
    void agreesWithThePlatformOnRandomAddresses() throws UnknownHostException {
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = random.nextInt(3) == 0 ? 0 : bytes[j];
            }
            InetAddress expected = InetAddress.getByAddress(bytes);

            IpAddress address = IpAddress.of(expected);

            assertThat(address.toInetAddress()).isEqualTo(expected);
            assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
            assertThat(InetAddress.getByName(address.toString())).isEqualTo(expected);
        }
    }

    @ParameterizedTest(name = "{0} hides {1}")
    @CsvSource({
        "::ffff:127.0.0.1, 127.0.0.1",
        "::127.0.0.1, 127.0.0.1",
        "2002:7f00:1::, 127.0.0.1",
        "2002:7f00:1:2:3:4:5:6, 127.0.0.1",
        "64:ff9b::7f00:1, 127.0.0.1",
        "2001:0:cb00:7109:0:fbff:80ff:fffe, 127.0.0.1",
        "2001:db8::5efe:127.0.0.1, 127.0.0.1",
        "2001:db8::200:5efe:127.0.0.1, 127.0.0.1",
        "::5efe:127.0.0.1, 127.0.0.1",
        "192.0.2.1, 192.0.2.1",
    })
    void unwrapsHiddenV4(String literal, String hidden) {
        IpAddress address = IpAddress.parse(literal);

        assertThat(address.canonical()).hasToString(hidden);
        assertThat(IpAddress.hidesV4(address.high(), address.low())).isTrue();
        assertThat(IpAddress.ofV4(IpAddress.hiddenV4(address.high(), address.low())))
                .hasToString(hidden);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"::", "::1", "2001:db8::1", "2001:1::1", "64:ff9b:1::1", "64:ff9b::1:0:0", "2003::1", "fe80::1"})
    void leavesOtherV6Alone(String literal) {
        assertThat(IpAddress.parse(literal).canonical()).hasToString(literal);
    }
}
