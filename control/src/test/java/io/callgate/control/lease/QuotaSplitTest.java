package io.callgate.control.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.store.FleetNeed;
import io.callgate.control.store.Quota;
import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.Portion;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may spend how much of a quota.
class QuotaSplitTest {
    private static final AppId DEMO = new AppId("demo");

    @ParameterizedTest(name = "of {0}, a relay that wants {1} of {2} wanted by {3} relays gets {4}")
    @CsvSource({
        // One relay has all, whatever it wants.
        "11, 0, 0, 1, 11",
        "11, 3, 3, 1, 11",
        "11, 500, 500, 1, 11",
        // Nobody wants anything: all alike.
        "110, 0, 0, 2, 55",
        "110, 0, 0, 3, 36",
        // All want alike: all alike, within and above the total.
        "110, 20, 40, 2, 55",
        "110, 400, 800, 2, 55",
        // What nobody wants goes half to all alike, half where the demand is; so does nothing to a relay without any.
        "110, 50, 50, 2, 93",
        "110, 0, 50, 2, 16",
        // As wanted while there is enough; beyond it in the proportion of what is wanted, and a floor for all.
        "1000, 900, 950, 2, 925",
        "1000, 50, 950, 2, 75",
        "1000, 2000, 4000, 4, 487",
        "1000, 0, 4000, 4, 12",
    })
    void sharesFollowDemand(long total, long wanted, long wantedByAll, int relays, long share) {
        assertThat(QuotaSplit.share(total, wanted, wantedByAll, relays)).isEqualTo(share);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void sharesAreTheTotalTogetherAndNoLessThanIsWantedWhileThereIsEnough(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 1_000; round++) {
            long total = random.nextLong(1, 10_000);
            long[] wanted = random.longs(random.nextInt(1, 8), 0, 1 + total / random.nextInt(1, 8))
                    .toArray();
            long wantedByAll = Arrays.stream(wanted).sum();
            long[] shares = Arrays.stream(wanted)
                    .map(one -> QuotaSplit.share(total, one, wantedByAll, wanted.length))
                    .toArray();

            assertThat(Arrays.stream(shares).sum())
                    .as("shares %s of %d for %s", Arrays.toString(shares), total, Arrays.toString(wanted))
                    .isBetween(total - wanted.length, total);
            if (wantedByAll <= total * 0.95) {
                for (int i = 0; i < wanted.length; i++) {
                    assertThat(shares[i]).isGreaterThanOrEqualTo(wanted[i]);
                }
            }
        }
    }

    @ParameterizedTest(name = "a relay with {0} of {1} sessions may have {2}, and {3} more are lent to it")
    @CsvSource({
        // Quota 10 and one more by its grace, three relays. What others have left, this one may have, while it asks.
        "0, 0, 3, 8",
        "3, 3, 8, 3",
        "3, 9, 3, 2",
        "8, 10, 8, 1",
        "4, 11, 3, 0",
        // Above the quota, as after a cut: nobody gets more.
        "10, 14, 7, 0",
        // Spent elsewhere: a share is no leave to exceed it.
        "0, 11, 0, 0",
    })
    void whatOthersHaveLeftIsLent(long own, long all, long sessions, long lent) {
        Portion portion = QuotaSplit.portion(
                new Quota(10, 0, 24),
                new FleetNeed(DEMO, 3, all, all, 0, 0),
                new AppNeed(DEMO, own, own, own, 0, 0, List.of()));

        assertThat(portion).isEqualTo(new Portion(DEMO, sessions, lent, 0));
    }

    @ParameterizedTest(name = "{0} sessions, {1} of them here where {2} are wanted: {3}, and {4} are lent")
    @CsvSource({
        "11, 0, 500, 0, 0", // whoever is refused again and again gets nothing by that
        "11, 4, 500, 4, 0",
        "10, 4, 500, 5, 0",
        "2, 1, 500, 10, 0",
    })
    void whatIsWantedIsNotGivenTwice(long all, long own, long wanted, long sessions, long lent) {
        Portion portion = QuotaSplit.portion(
                new Quota(10, 0, 24),
                new FleetNeed(DEMO, 2, all, all - own + wanted, 0, 0),
                new AppNeed(DEMO, own, own, wanted, 0, 0, List.of()));

        assertThat(portion).isEqualTo(new Portion(DEMO, sessions, lent, 0));
    }

    @ParameterizedTest(name = "a relay without sessions, where {0} are: {1}, and {2} are lent")
    @CsvSource({"1, 2, 8", "8, 0, 3", "11, 0, 0", "14, 0, 0"})
    void aRelayWithoutSessionsHasAShareAndTheWholeRate(long all, long sessions, long lent) {
        Portion portion = QuotaSplit.idle(new Quota(10, 1_000, 24), new FleetNeed(DEMO, 2, all, all, 900, 900));

        assertThat(portion).isEqualTo(new Portion(DEMO, sessions, lent, 0));
    }

    @ParameterizedTest(name = "of {0} kbit/s, a relay that wants {1} of {2} gets {3}")
    @CsvSource({
        "0, 500, 500, 0", // no limit is a limit for nobody
        "1000, 0, 0, 550",
        "1000, 900, 900, 1036",
        "1000, 0, 900, 63",
        "1, 0, 100, 1", // never 0, which would be no limit
    })
    void ratesAreSplitWithTheirGrace(long quota, long wanted, long wantedByAll, long kbitPerSecond) {
        Portion portion = QuotaSplit.portion(
                new Quota(10, quota, 24),
                new FleetNeed(DEMO, 2, 0, 0, wantedByAll, wantedByAll),
                new AppNeed(DEMO, 0, 0, 0, wanted, wanted, List.of()));

        assertThat(portion.kbitPerSecond()).isEqualTo(kbitPerSecond);
    }
}
