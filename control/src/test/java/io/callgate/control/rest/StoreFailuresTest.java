package io.callgate.control.rest;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.callgate.testkit.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StoreFailuresTest {
    private final Logger log = (Logger) LoggerFactory.getLogger(StoreFailures.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final FakeClock clock = new FakeClock();
    private final StoreFailures failures = new StoreFailures(clock);

    StoreFailuresTest() {
        lines.start();
        log.addAppender(lines);
    }

    @AfterEach
    void stop() {
        log.detachAppender(lines);
    }

    @Test
    void aDatabaseThatIsDownIsToldOfOnceInTenSecondsWithTheNumberOfWhatWasNotTold() {
        for (int request = 0; request < 1_000; request++) {
            failures.tell("createLease", new IllegalStateException("down"));
        }
        clock.advance(Duration.ofSeconds(10));
        failures.tell("listApps", new IllegalStateException("still down"));

        assertThat(lines.list)
                .extracting(event -> String.valueOf(event.getKeyValuePairs()))
                .containsExactly(
                        "[operation=\"createLease\", untold=\"0\"]", "[operation=\"listApps\", untold=\"999\"]");
    }
}
