package io.callgate.control.lease;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A value of the store that is looked up once a second and not for every lease. Safe on every thread.
///
/// When the second is over one caller looks it up, and those who come meanwhile take what was known, unless that
/// is older than [#OLDEST]: so no second begins with a queue.
final class Kept<T> {
    static final Duration FRESH = Duration.ofSeconds(1);
    static final Duration OLDEST = Duration.ofSeconds(2);

    private final Predicate<T> isWorthKeeping;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile @Nullable Found<T> found;

    /// @param round another one: what was found in the last is not fresh
    private record Found<T>(T value, long round, long atMillis) {}

    Kept(Predicate<T> isWorthKeeping) {
        this.isWorthKeeping = isWorthKeeping;
    }

    /// @param round rises when something is known to have changed
    T value(long nowMillis, long round, Supplier<T> lookUp) {
        Found<T> known = found;
        if (isFresh(known, nowMillis, round)) {
            return known.value;
        }
        if (!isYounger(known, nowMillis, OLDEST)) {
            looking.lock();
        } else if (!looking.tryLock()) {
            return known.value;
        }
        try {
            known = found;
            if (isFresh(known, nowMillis, round)) {
                return known.value;
            }
            T value = lookUp.get();
            found = isWorthKeeping.test(value) ? new Found<>(value, round, nowMillis) : null;
            return value;
        } finally {
            looking.unlock();
        }
    }

    private static boolean isFresh(@Nullable Found<?> known, long nowMillis, long round) {
        return isYounger(known, nowMillis, FRESH) && known.round >= round;
    }

    private static boolean isYounger(@Nullable Found<?> known, long nowMillis, Duration age) {
        return known != null && Math.abs(nowMillis - known.atMillis) < age.toMillis();
    }
}
