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
    private record Found<T>(T value, long round, long atMillis) {
        boolean isFresh(long nowMillis, long currentRound) {
            return isYounger(FRESH, nowMillis) && round >= currentRound;
        }

        boolean isYounger(Duration age, long nowMillis) {
            return Math.abs(nowMillis - atMillis) < age.toMillis();
        }
    }

    Kept(Predicate<T> isWorthKeeping) {
        this.isWorthKeeping = isWorthKeeping;
    }

    /// @param round rises when something is known to have changed
    T value(long nowMillis, long round, Supplier<T> lookUp) {
        Found<T> known = found;
        if (known != null && known.isFresh(nowMillis, round)) {
            return known.value;
        }
        if (known == null || !known.isYounger(OLDEST, nowMillis)) {
            looking.lock();
        } else if (!looking.tryLock()) {
            return known.value;
        }
        try {
            Found<T> meanwhile = found;
            if (meanwhile != null && meanwhile.isFresh(nowMillis, round)) {
                return meanwhile.value;
            }
            T value = lookUp.get();
            found = isWorthKeeping.test(value) ? new Found<>(value, round, nowMillis) : null;
            return value;
        } finally {
            looking.unlock();
        }
    }
}
