package io.callgate.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @CsvSource({
        "relay.example.com,      relay.example.com:443",
        "Relay.Example.COM.:8443, relay.example.com:8443",
        "203.0.113.7,            203.0.113.7:443",
        "203.0.113.7:1,          203.0.113.7:1",
        "2001:DB8::1,            [2001:db8::1]:443",
        "[2001:db8::1],          [2001:db8::1]:443",
        "[2001:db8::1]:65535,    [2001:db8::1]:65535",
    })
    void readsWhatPeopleWrite(String text, String shown) {
        assertThat(HostPort.parse(text, 443)).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":443",
                "relay.example.com:",
                "relay.example.com:0",
                "relay.example.com:65536",
                "relay:4 4",
                "203.0.113.256",
                "10.1",
                "[2001:db8::1",
                "[2001:db8::1]443",
                "[relay",
                "a b",
                "http://relay"
            })
    void refusesTheRestWithItsText(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HostPort.parse(text, 443));
    }
}
