package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogJsonEncoderTest {
    @Test
    void writesOneEventAsOneLineOfJsonWhateverIsInIt() {
        LoggingEvent event = new LoggingEvent();
        event.setLoggerContext(new LoggerContext());
        event.setLevel(Level.WARN);
        event.setLoggerName("io.callgate.cli.RelayProcess");
        event.setMessage("config.refused");
        event.setInstant(Instant.parse("2026-11-22T12:00:00Z"));
        event.addKeyValuePair(new KeyValuePair("version", 3));
        event.addKeyValuePair(new KeyValuePair("user", "a\"b\\c\r\n%n\u0000"));

        String line = new String(new LogJsonEncoder().encode(event), StandardCharsets.UTF_8);

        assertThat(line)
                .isEqualTo("{\"time\":\"2026-11-22T12:00:00Z\",\"level\":\"WARN\","
                        + "\"logger\":\"io.callgate.cli.RelayProcess\",\"event\":\"config.refused\",\"version\":3,"
                        + "\"user\":\"a\\\"b\\\\c\\u000d\\u000a%n\\u0000\"}\n");
        assertThat(JsonOutput.parse(line).get("user").asString()).isEqualTo("a\"b\\c\r\n%n\u0000");
    }
}
