package io.callgate.relay.turn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One timer for all allocations of a loop: a wheel of seconds. Confined to the loop. An entry that is not due
/// any more when its second comes (it was renewed) is simply put in again by who visits it.
final class DeadlineWheel<T> {
    private static final int SECONDS = 64;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final List<List<T>> slots = new ArrayList<>(SECONDS);
    private final long startNanos;
    private long visitedSeconds;

    DeadlineWheel(long nowNanos) {
        this.startNanos = nowNanos;
        for (int i = 0; i < SECONDS; i++) {
            slots.add(new ArrayList<>());
        }
    }

    /// @param deadlineNanos visited at the first [#advance] after it; farther than a minute away, after a minute
    void add(T entry, long deadlineNanos) {
        long second = (deadlineNanos - startNanos) / NANOS_PER_SECOND + 1;
        long within = Math.max(visitedSeconds + 1, Math.min(second, visitedSeconds + SECONDS - 1));
        slots.get((int) (within % SECONDS)).add(entry);
    }

    /// Takes out every entry whose second has come and hands it over; it may be added again.
    void advance(long nowNanos, Consumer<T> visitor) {
        long nowSeconds = (nowNanos - startNanos) / NANOS_PER_SECOND;
        long steps = Math.min(nowSeconds - visitedSeconds, SECONDS);
        long first = nowSeconds - steps;
        for (long second = first + 1; second <= nowSeconds; second++) {
            visitedSeconds = second;
            List<T> due = slots.set((int) (second % SECONDS), new ArrayList<>());
            due.forEach(visitor);
        }
    }
}
