package io.callgate.control.console;

import io.callgate.model.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How often a sign-in may fail: by address, and by name from everywhere. Of this control alone; a fleet of them
/// behind one address lets through as many times more. Safe on every thread.
final class LoginLimit {
    static final int MOST_OF_ADDRESS = 10;
    static final int MOST_OF_NAME = 20;
    static final Duration WINDOW = Duration.ofMinutes(15);

    /// Of addresses, and of names.
    static final int MOST_KNOWN = 10_000;

    private final TimeSource time;
    private final Tries byAddress = new Tries(MOST_OF_ADDRESS);
    private final Tries byName = new Tries(MOST_OF_NAME);

    private static final class Failures {
        final long endsAtNanos;
        int count;

        Failures(long endsAtNanos) {
            this.endsAtNanos = endsAtNanos;
        }
    }

    /// Those of addresses, or those of names: many of one make none of the other forgotten.
    private final class Tries {
        private final int most;
        private final Map<String, Failures> known = new LinkedHashMap<>(); // the first to end first
        private final List<Set<String>> byCount = new ArrayList<>(); // who failed so often

        Tries(int most) {
            this.most = most;
            for (int count = 0; count <= most; count++) {
                byCount.add(new LinkedHashSet<>());
            }
        }

        /// How long to wait instead; empty: go on.
        Optional<Duration> wait(String key) {
            forgetEnded();
            Failures failures = known.get(key);
            return failures == null || failures.count < most
                    ? Optional.empty()
                    : Optional.of(Duration.ofNanos(failures.endsAtNanos - time.nanos()));
        }

        /// Who would have to wait is not counted.
        void count(String key) {
            if (!known.containsKey(key) && known.size() >= MOST_KNOWN) {
                forgetOne();
            }
            Failures failures = known.computeIfAbsent(key, fresh -> new Failures(time.nanos() + WINDOW.toNanos()));
            byCount.get(failures.count).remove(key);
            failures.count++;
            byCount.get(failures.count).add(key);
        }

        /// It may have been forgotten since it was counted, or its time is over.
        void takeBack(String key) {
            forgetEnded();
            Failures failures = known.get(key);
            if (failures != null) {
                byCount.get(failures.count).remove(key);
                failures.count--;
                if (failures.count == 0) {
                    known.remove(key);
                } else {
                    byCount.get(failures.count).add(key);
                }
            }
        }

        private void forgetEnded() {
            long nowNanos = time.nanos();
            var eldest = known.entrySet().iterator();
            while (eldest.hasNext()) {
                var next = eldest.next();
                if (next.getValue().endsAtNanos - nowNanos > 0) {
                    return;
                }
                eldest.remove();
                byCount.get(next.getValue().count).remove(next.getKey());
            }
        }

        /// The one that failed least: whoever sends many names gets none forgotten that failed more often than
        /// those.
        private void forgetOne() {
            for (Set<String> keys : byCount) {
                if (!keys.isEmpty()) {
                    String key = keys.iterator().next();
                    keys.remove(key);
                    known.remove(key);
                    return;
                }
            }
        }
    }

    LoginLimit(TimeSource time) {
        this.time = time;
    }

    /// Counts a try as failed, until [#succeeded] takes that back: so many at once are still counted. A try that
    /// has to wait leaves no trace.
    ///
    /// @return how long to wait instead; empty: go on
    synchronized Optional<Duration> tryOnce(String address, String name) {
        Optional<Duration> wait = byAddress.wait(address).or(() -> byName.wait(name));
        if (wait.isEmpty()) {
            byAddress.count(address);
            byName.count(name);
        }
        return wait;
    }

    synchronized void succeeded(String address, String name) {
        byAddress.takeBack(address);
        byName.takeBack(name);
    }

    /// How many addresses and names it remembers.
    synchronized int known() {
        return byAddress.known.size() + byName.known.size();
    }
}
