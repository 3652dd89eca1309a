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

    @Test
    void manyNamesFromAnAddressThatHasToWaitLeaveNoTrace() {
        for (int i = 0; i < LoginLimit.MOST_OF_ADDRESS; i++) {
            assertThat(limit.tryOnce("192.0.2.1", "admin")).isEmpty();
        }
        int before = limit.known();

        for (int i = 0; i < 10_000; i++) {
            assertThat(limit.tryOnce("192.0.2.1", "name" + i)).isPresent();
        }

        assertThat(limit.tryOnce("192.0.2.1", "admin")).isPresent();
        assertThat(limit.known()).isEqualTo(before);
    }

    @Test
    void manyAddressesAndNamesMakeNoOtherForgotten() {
        for (int i = 0; i < LoginLimit.MOST_OF_NAME; i++) {
            assertThat(limit.tryOnce("192.0.2." + i / 10, "admin")).isEmpty();
        }

        tryMany(30_000);

        assertThat(limit.tryOnce("192.0.2.0", "eve")).isPresent();
        assertThat(limit.tryOnce("198.51.100.1", "admin")).isPresent();
    }

    @Test
    void thoseWhoseTimeIsOverAreForgottenFirst() {
        for (int i = 0; i < LoginLimit.MOST_OF_NAME; i++) {
            limit.tryOnce("192.0.2." + i, "old");
        }
        clock.advance(LoginLimit.WINDOW.dividedBy(2));
        tryMany(LoginLimit.MOST_KNOWN - LoginLimit.MOST_OF_NAME);
        int before = limit.known();
        clock.advance(LoginLimit.WINDOW.dividedBy(2));

        assertThat(limit.tryOnce("198.51.100.1", "another")).isEmpty();

        assertThat(limit.known()).isEqualTo(before - LoginLimit.MOST_OF_NAME - 1 + 2);
    }

    /// What was forgotten meanwhile, or is over, is not taken back: a name would have more tries than it should.
    @Test
    void aSuccessAfterItsTimeGivesNoMoreTries() {
        limit.tryOnce("192.0.2.1", "admin");
        clock.advance(LoginLimit.WINDOW);
        limit.succeeded("192.0.2.1", "admin");

        for (int i = 0; i < LoginLimit.MOST_OF_ADDRESS; i++) {
            assertThat(limit.tryOnce("192.0.2.1", "admin")).isEmpty();
        }
        assertThat(limit.tryOnce("192.0.2.1", "admin")).isPresent();
    }

    /// Many names cost the memory of a bounded number.
    @Test
    void remembersABoundedNumber() {
        tryMany(30_000);

        assertThat(limit.tryOnce("192.0.2.1", "admin")).isEmpty();
        assertThat(limit.known()).isLessThanOrEqualTo(2 * LoginLimit.MOST_KNOWN);
    }

    private void tryMany(int count) {
        for (int i = 0; i < count; i++) {
            limit.tryOnce("10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256, "name" + i);
        }
    }
}
