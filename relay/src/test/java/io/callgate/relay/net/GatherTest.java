package io.callgate.relay.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatherTest {
    private static final long MICRO = 1_000;

    /// Turns of one size, evenly spread over some milliseconds.
    private static long waitAfter(long windowMicros, int packetsPerTurn, long turnMicros) {
        Gather gather = new Gather(windowMicros * MICRO, 0);
        long wait = 0;
        for (long now = turnMicros; now <= 5_000; now += turnMicros) {
            wait = gather.afterTurn(packetsPerTurn, now * MICRO);
        }
        return wait / MICRO;
    }

    @ParameterizedTest(name = "{0} µs at most, {1} packets every {2} µs: wait {3} µs")
    @CsvSource({
        "100, 1, 1000, 0", // 1,000 a second: idle
        "100, 1, 50, 0", // 20,000 a second: two in a window are not worth the wait
        "100, 1, 20, 100", // 50,000 a second
        "100, 10, 200, 100", // 50,000 a second
        "100, 31, 62, 64", // 500,000 a second: plenty has come before the window is over
        "100, 32, 64, 0", // a turn had plenty: the next ones lie there
        "1000, 1, 100, 1000",
        "50, 1, 20, 0",
        "0, 1, 20, 0"
    })
    void waitsOnlyWhereSeveralPacketsWillCome(
            long windowMicros, int packetsPerTurn, long turnMicros, long expectedMicros) {
        assertThat(waitAfter(windowMicros, packetsPerTurn, turnMicros)).isEqualTo(expectedMicros);
    }

    @Test
    void theFirstPacketAfterSilenceEndsTheWaiting() {
        Gather gather = new Gather(100 * MICRO, 0);
        for (long now = 10; now <= 2_000; now += 10) {
            gather.afterTurn(1, now * MICRO);
        }
        assertThat(gather.afterTurn(1, 2_010 * MICRO)).isEqualTo(100 * MICRO);

        assertThat(gather.afterTurn(1, 10_000 * MICRO)).isZero();
    }

    @Test
    void anotherWindowCountsAtOnce() {
        Gather gather = new Gather(100 * MICRO, 0);
        for (long now = 10; now <= 2_000; now += 10) {
            gather.afterTurn(1, now * MICRO);
        }

        gather.window(0);

        assertThat(gather.afterTurn(1, 2_010 * MICRO)).isZero();
        assertThat(gather.afterTurn(100, 4_000 * MICRO)).isZero();
    }
}
