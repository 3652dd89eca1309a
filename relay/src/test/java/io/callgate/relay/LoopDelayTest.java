package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopDelayTest {
    private final LoopDelay delay = new LoopDelay(500, 0);
    private long nowNanos;

    @Test
    void isNothingWhileTicksComeInTime() {
        tickAfterMillis(500);
        tickAfterMillis(499);

        assertThat(delay.worstNanos()).isZero();
    }

    @Test
    void keepsTheWorstForHalfAMinuteAtLeastAndAMinuteAtMost() {
        tickAfterMillis(620);
        tickAfterMillis(540);
        assertThat(delay.worstNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(120));

        for (int tick = 0; tick < 59; tick++) {
            tickAfterMillis(500);
        }
        assertThat(delay.worstNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(120));

        for (int tick = 0; tick < 60; tick++) {
            tickAfterMillis(500);
        }
        assertThat(delay.worstNanos()).isZero();
    }

    private void tickAfterMillis(long millis) {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(millis);
        delay.onTick(nowNanos);
    }
}
