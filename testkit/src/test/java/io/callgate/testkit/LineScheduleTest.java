package io.callgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineScheduleTest {
    private static final long MILLI = 1_000_000;

    @Test
    void everyPacketIsAsLateAsTheDelay() {
        LineSchedule schedule = schedule(Impairment.ofDelay(Duration.ofMillis(30)));

        assertThat(schedule.dueNanos(0, 1_500)).isEqualTo(30 * MILLI);
        assertThat(schedule.dueNanos(5 * MILLI, 100)).isEqualTo(35 * MILLI);
    }

    @Test
    void jitterSpreadsTheDelayAndNothingOvertakes() {
        LineSchedule schedule = schedule(Impairment.NONE.delayedBy(Duration.ofMillis(30), Duration.ofMillis(10)));

        long before = 0;
        for (int i = 0; i < 1_000; i++) {
            long due = schedule.dueNanos(i * MILLI, 200);
            assertThat(due).isGreaterThanOrEqualTo(before).isBetween((i + 20) * MILLI, (i + 40) * MILLI);
            before = due;
        }
    }

    @Test
    void rateSpacesPacketsAndDropsWhatWouldWaitTooLong() {
        LineSchedule schedule = schedule(Impairment.NONE.limitedTo(1_000)); // 1250 bytes take 10 ms

        assertThat(schedule.dueNanos(0, 1_250)).isEqualTo(10 * MILLI);
        assertThat(schedule.dueNanos(0, 1_250)).isEqualTo(20 * MILLI);
        int taken = 2;
        while (schedule.dueNanos(0, 1_250) != LineSchedule.LOST) taken++;
        assertThat(taken).isEqualTo(21); // 200 ms wait, and one is on the line
        assertThat(schedule.dueNanos(100 * MILLI, 1_250)).isEqualTo(220 * MILLI);
    }

    @Test
    void losesItsShare() {
        LineSchedule schedule = schedule(Impairment.NONE.losing(10));

        int lost = 0;
        for (int i = 0; i < 10_000; i++) if (schedule.dueNanos(i, 100) == LineSchedule.LOST) lost++;
        assertThat(lost).isBetween(850, 1_150);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 0, 0", "10, 11, 0, 0", "0, 0, 101, 0", "0, 0, NaN, 0", "0, 0, 0, -1", "20000, 0, 0, 0"})
    void impairmentsThatCannotBeAreRefused(long delay, long jitter, double loss, int kbit) {
        assertThatThrownBy(() -> new Impairment(Duration.ofMillis(delay), Duration.ofMillis(jitter), loss, kbit))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void impairmentIsSaidInFewWords() {
        Impairment bad = Impairment.NONE
                .delayedBy(Duration.ofMillis(60), Duration.ofMillis(10))
                .losing(1)
                .limitedTo(2_000);

        assertThat(bad).hasToString("60±10 ms, 1.00 % loss, 2000 kbit/s");
        assertThat(NetemLine.netem(bad))
                .containsExactly(
                        "netem", "limit", "45", "delay", "60000us", "10000us", "loss", "1.0000%", "rate", "2000kbit");
    }

    private static LineSchedule schedule(Impairment impairment) {
        return new LineSchedule(impairment, new SplittableRandom(1));
    }
}
