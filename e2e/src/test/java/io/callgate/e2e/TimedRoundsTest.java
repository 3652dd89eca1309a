package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class TimedRoundsTest {
    private static final double IDLE = 0.5;
    private static final double BUSY = 0.01;

    private final TimedRounds rounds = new TimedRounds("gap", 1_000);
    private final Queue<TimedRounds.Took> times = new ArrayDeque<>();

    private void play(int count, TimedRounds.Took... took) {
        times.addAll(List.of(took));
        for (int i = 0; i < count; i++) rounds.play(times::remove);
    }

    private static TimedRounds.Took took(long millis, double idleShare) {
        return new TimedRounds.Took(millis, idleShare);
    }

    @Test
    void aRoundThatABusyMachineSpoiledIsPlayedAgain() {
        play(3, took(800, IDLE), took(4_000, BUSY), took(900, BUSY), took(700, IDLE));

        rounds.requireMedianUnderBound();
        assertThat(times).isEmpty();
        assertThat(rounds)
                .hasToString(
                        "gap, ms, median 800, bound 1000: 800 (idle 50 %), 4000 (idle 1 %), 900 (idle 1 %), 700 (idle"
                                + " 50 %)");
    }

    @Test
    void aSlowRoundOnAnIdleMachineCounts() {
        play(3, took(800, IDLE), took(4_000, IDLE), took(1_000, IDLE));

        assertThat(times).isEmpty();
        assertThatThrownBy(rounds::requireMedianUnderBound).isInstanceOf(AssertionError.class);
    }

    @Test
    void whatStaysBusyAfterThreeTriesSaysNothing() {
        assumeFalse(Boolean.getBoolean("lab.required"), "where the laboratory is required it fails");
        play(1, took(4_000, BUSY), took(3_000, BUSY), took(2_000, BUSY));

        assertThat(times).isEmpty();
        assertThatThrownBy(rounds::requireMedianUnderBound).isInstanceOf(TestAbortedException.class);
    }
}
