package io.callgate.relay.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineWheelTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void visitsAnEntryOnceAndNotBeforeItsDeadline() {
        DeadlineWheel<String> wheel = new DeadlineWheel<>(5 * SECOND);
        List<String> visited = new ArrayList<>();
        wheel.add("entry", 15 * SECOND);

        wheel.advance(15 * SECOND - 1, visited::add);
        assertThat(visited).isEmpty();
        wheel.advance(16 * SECOND, visited::add);
        wheel.advance(600 * SECOND, visited::add);

        assertThat(visited).containsExactly("entry");
    }

    @Test
    void whatIsDueAlreadyIsVisitedNext() {
        DeadlineWheel<String> wheel = new DeadlineWheel<>(0);
        List<String> visited = new ArrayList<>();
        wheel.advance(100 * SECOND, visited::add);
        wheel.add("late", 3 * SECOND);

        wheel.advance(101 * SECOND, visited::add);

        assertThat(visited).containsExactly("late");
    }

    @Test
    void anEntryThatIsPutBackWhileTheClockLeapsIsVisitedAgainLater() {
        DeadlineWheel<String> wheel = new DeadlineWheel<>(0);
        List<Long> visits = new ArrayList<>();
        wheel.add("entry", 10 * SECOND);
        for (long now : List.of(3_600 * SECOND, 3_601 * SECOND, 3_700 * SECOND, 4_001 * SECOND)) {
            wheel.advance(now, entry -> {
                visits.add(now);
                wheel.add(entry, 4_000 * SECOND);
            });
        }

        assertThat(visits).contains(4_001 * SECOND);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void everyDeadlineIsServedWithinASecondOfItsTimeWhenRenewedEntriesArePutBack(long seed) {
        Random random = new Random(seed);
        DeadlineWheel<Integer> wheel = new DeadlineWheel<>(0);
        Map<Integer, Long> deadlines = new HashMap<>();
        long now = 0;
        int next = 0;
        for (int step = 0; step < 5_000; step++) {
            if (random.nextInt(3) == 0) {
                long deadline = now + random.nextLong(3_600 * SECOND);
                deadlines.put(next, deadline);
                wheel.add(next++, deadline);
            }
            now += random.nextLong(random.nextInt(50) == 0 ? 300 * SECOND : 3 * SECOND);
            long at = now;
            wheel.advance(now, entry -> {
                long deadline = Objects.requireNonNull(deadlines.get(entry));
                if (deadline <= at) {
                    deadlines.remove(entry);
                } else {
                    wheel.add(entry, deadline);
                }
            });
            assertThat(deadlines.values()).allMatch(deadline -> deadline > at - SECOND);
        }
        assertThat(next).isGreaterThan(1_000);
    }
}
