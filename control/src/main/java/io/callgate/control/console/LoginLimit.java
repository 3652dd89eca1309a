package io.callgate.control.console;

import io.callgate.model.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How often a sign-in may fail: by address, and by name from everywhere. Of this control alone; a fleet of them
/// behind one address lets through as many times more. Safe on every thread.
final class LoginLimit {
    static final int MOST_OF_ADDRESS = 10;
    static final int MOST_OF_NAME = 20;
    static final Duration WINDOW = Duration.ofMinutes(15);

    private static final int MOST_KNOWN = 10_000;

    private final TimeSource time;
    private final Map<String, Failures> known = new LinkedHashMap<>(); // the oldest first

    private static final class Failures {
        final long endsAtNanos;
        int count;

        Failures(long endsAtNanos) {
            this.endsAtNanos = endsAtNanos;
        }
    }

    LoginLimit(TimeSource time) {
        this.time = time;
    }

    /// Counts a try as failed, until [#succeeded] takes that back: so many at once are still counted.
    ///
    /// @return how long to wait instead; empty: go on
    synchronized Optional<Duration> tryOnce(String address, String name) {
        Failures ofAddress = failures("address " + address);
        Failures ofName = failures("name " + name);
        Optional<Duration> wait = wait(ofAddress, MOST_OF_ADDRESS).or(() -> wait(ofName, MOST_OF_NAME));
        if (wait.isEmpty()) {
            ofAddress.count++;
            ofName.count++;
        }
        return wait;
    }

    synchronized void succeeded(String address, String name) {
        failures("address " + address).count--;
        failures("name " + name).count--;
    }

    /// How many addresses and names it remembers.
    synchronized int known() {
        return known.size();
    }

    private Optional<Duration> wait(Failures failures, int most) {
        return failures.count < most
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(failures.endsAtNanos - time.nanos()));
    }

    private Failures failures(String key) {
        long nowNanos = time.nanos();
        Failures found = known.get(key);
        if (found != null && found.endsAtNanos - nowNanos > 0) {
            return found;
        }
        known.remove(key);
        if (known.size() >= MOST_KNOWN) {
            known.remove(known.keySet().iterator().next());
        }
        Failures fresh = new Failures(nowNanos + WINDOW.toNanos());
        known.put(key, fresh);
        return fresh;
    }
}
