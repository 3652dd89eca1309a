package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoginLimitTest {
    private final FakeClock clock = new FakeClock();
    private final LoginLimit limit = new LoginLimit(clock);

    @Test
    void anAddressFailsTenTimesInAQuarterOfAnHour() {
        for (int i = 0; i < LoginLimit.MOST_OF_ADDRESS; i++) {
            assertThat(limit.tryOnce("192.0.2.1", "user" + i)).isEmpty();
        }
        clock.advance(Duration.ofMinutes(5));

        assertThat(limit.tryOnce("192.0.2.1", "other")).contains(Duration.ofMinutes(10));
        assertThat(limit.tryOnce("192.0.2.2", "other")).isEmpty();

        clock.advance(Duration.ofMinutes(10));
        assertThat(limit.tryOnce("192.0.2.1", "other")).isEmpty();
    }

    @Test
    void aNameFailsTwentyTimesFromEverywhere() {
        for (int i = 0; i < LoginLimit.MOST_OF_NAME; i++) {
            assertThat(limit.tryOnce("192.0.2." + i, "admin")).isEmpty();
        }

        assertThat(limit.tryOnce("198.51.100.1", "admin")).isPresent();
        assertThat(limit.tryOnce("198.51.100.1", "eve")).isEmpty();
    }

    @Test
    void whatSucceedsIsNotCounted() {
        for (int i = 0; i < 100; i++) {
            assertThat(limit.tryOnce("192.0.2.1", "admin")).isEmpty();
            limit.succeeded("192.0.2.1", "admin");
        }
    }

    /// Many names cost the memory of a bounded number.
    @Test
    void forgetsTheOldestOfTooMany() {
        for (int i = 0; i < 30_000; i++) {
            limit.tryOnce("10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256, "name" + i);
        }

        assertThat(limit.tryOnce("192.0.2.1", "admin")).isEmpty();
        assertThat(limit.known()).isLessThanOrEqualTo(10_000);
    }
}
