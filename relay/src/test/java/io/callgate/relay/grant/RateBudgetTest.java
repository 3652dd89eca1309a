package io.callgate.relay.grant;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateBudgetTest {
    private static final long SECOND = 1_000_000_000L;

    private final RateBudget budget = new RateBudget();

    @Test
    void zeroIsNoLimit() {
        Meter meter = new Meter(new Meter.RateShare(budget, null), new Tally());
        for (int i = 0; i < 100_000; i++) {
            assertThat(meter.toPeer(1_500, 0)).isNull();
        }
        assertThat(meter.bytesToPeer()).isEqualTo(150_000_000);
        assertThat(meter.packetsToPeer()).isEqualTo(100_000);
    }

    @ParameterizedTest(name = "{0} kbit/s in packets of {1} bytes")
    @CsvSource({"64, 160", "1000, 1200", "10000, 1200", "1000000, 1200", "64, 20000"})
    void overTenSecondsAnAppGetsItsRateAndItsBurst(long kbitPerSecond, int packetBytes) {
        budget.limitTo(kbitPerSecond);
        Meter first = new Meter(new Meter.RateShare(budget, null), new Tally());
        Meter second = new Meter(new Meter.RateShare(budget, null), new Tally());
        long bytesPerSecond = kbitPerSecond * 125;
        long packets = 10 * bytesPerSecond / packetBytes * 3; // three times as much is offered
        for (long i = 0; i < packets; i++) {
            Meter meter = i % 2 == 0 ? first : second;
            long now = i * 10 * SECOND / packets;
            if (i % 3 == 0) {
                meter.toClient(packetBytes, now);
            } else {
                meter.toPeer(packetBytes, now);
            }
        }

        long passed = first.bytesToPeer() + first.bytesToClient() + second.bytesToPeer() + second.bytesToClient();
        long slack = 2L * Math.max(packetBytes, budget.portionBytes());
        assertThat(passed).isBetween(10 * bytesPerSecond - slack, 10 * bytesPerSecond + bytesPerSecond / 5 + slack);
    }

    @ParameterizedTest(name = "a clock that starts at {0}")
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE - 5, -5_000_000_000_000_000_000L})
    void anyOriginOfTheClockWillDo(long origin) {
        budget.limitTo(8_000);
        Meter meter = new Meter(new Meter.RateShare(budget, null), new Tally());

        assertThat(meter.toPeer(1_000, origin)).isNull();
        assertThat(meter.toPeer(1_000, origin + SECOND)).isNull();
    }

    @Test
    void anIdleAppSavesUpNoMoreThanItsBurst() {
        budget.limitTo(8_000); // 1 MB/s, 200 kB burst
        Meter meter = new Meter(new Meter.RateShare(budget, null), new Tally());
        int passed = 0;
        for (int i = 0; i < 1_000; i++) {
            passed += meter.toPeer(1_000, 3_600 * SECOND) == null ? 1 : 0;
        }
        assertThat(passed).isBetween(190, 206);
    }

    @Test
    void aChangedLimitCountsAtOnce() {
        budget.limitTo(8);
        assertThat(budget.draw(1_000, 0)).isTrue();
        assertThat(budget.draw(1_000, 0)).isFalse();

        budget.limitTo(0);

        assertThat(budget.draw(1_000, 0)).isTrue();
    }
}
