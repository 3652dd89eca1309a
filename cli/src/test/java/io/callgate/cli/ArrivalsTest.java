package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Whose fault a gap is.
class ArrivalsTest {
    private final Arrivals arrivals = new Arrivals();

    private void call(long... atMillis) {
        for (long millis : atMillis) {
            arrivals.call(Duration.ofMillis(millis).toNanos());
        }
    }

    /// Every 20 ms, both ends included.
    private void reference(long fromMillis, long toMillis) {
        for (long millis = fromMillis; millis <= toMillis; millis += 20) {
            arrivals.reference(Duration.ofMillis(millis).toNanos());
        }
    }

    @Test
    void aCallThatStandsStillIsNotExcused() {
        reference(0, 1000);
        call(10, 30, 730, 750);

        assertThat(arrivals.longestGap()).isEqualTo(Duration.ofMillis(680));
    }

    @Test
    void aMachineThatStandsStillIs() {
        reference(0, 100);
        reference(900, 1000);
        call(90, 110, 905, 925);

        assertThat(arrivals.longestGap()).isLessThan(Duration.ofMillis(20));
    }

    @Test
    void whatItDoesAtAnotherTimeExcusesNothing() {
        reference(0, 100);
        reference(900, 2000);
        call(90, 910, 1110, 1130);

        assertThat(arrivals.longestGap()).isEqualTo(Duration.ofMillis(180));
    }

    @Test
    void whatIsForgottenCountsNoMore() {
        reference(0, 3000);
        call(10, 1010, 1030);
        arrivals.forget();
        call(1050, 1150);

        assertThat(arrivals.longestGap()).isEqualTo(Duration.ofMillis(80));
        arrivals.forget();
        assertThat(arrivals.longestGap()).isZero();
    }
}
