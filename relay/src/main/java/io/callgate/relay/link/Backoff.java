package io.callgate.relay.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next try: twice as long after each failure, up to a bound, and never the same for
/// two relays, so that a control that comes back is not asked by all at once. Not safe for several threads.
final class Backoff {
    private static final int MOST_DOUBLINGS = 16;

    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;
    private int failures;

    Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
    }

    /// After a failure: between half of its turn's time and all of it.
    Duration next() {
        long whole = Math.min(first.toMillis() << Math.min(failures, MOST_DOUBLINGS), longest.toMillis());
        failures++;
        return Duration.ofMillis(whole / 2 + random.nextLong(whole / 2 + 1));
    }

    void onSuccess() {
        failures = 0;
    }
}
