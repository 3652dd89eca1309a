package io.callgate.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is a name, in rules and in what clients ask for.
class HostNameTest {
    @Test
    void isLowerCaseWithoutFinalDot() {
        assertThat(new HostName("SFU.Example.com.")).isEqualTo(new HostName("sfu.example.com"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sfu.3cx", "3cx", "0xyz", "localhost", "_sip._tcp.example.test"})
    void mayBeginWithADigitOrAnUnderscoreInEveryLabel(String name) {
        assertThat(new HostName(name).value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.1",
                "2130706433",
                "0x7f000001",
                "0x7f.1",
                "a.0x",
                "a.0X7F",
                "10.0.0.256",
                "",
                ".",
                "a..b",
                "-a"
            })
    void isNeverWhatSomeResolverTakesForAnAddress(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HostName(text))
                .withMessageContaining(text);
    }
}
