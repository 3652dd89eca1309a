package io.callgate.control.console;

import io.callgate.control.store.AppLoad;
import io.callgate.control.store.RegionLoad;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import io.callgate.model.ErrorCode;
import io.callgate.model.RefusalCount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the fleet carries, looked at by one thread for everybody who watches, and by none while nobody does. Safe
/// on every thread.
final class Live implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Live.class);

    /// Below a second, with time left for the way to the browser.
    private static final Duration STEP = Duration.ofMillis(700);

    /// Of a chart: as many as fit a screen. What is older is forgotten.
    static final int MOST_POINTS = 600;

    private final Store store;
    private final Supplier<Map<ErrorCode, Long>> refusals;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Picture> history = new ArrayDeque<>(); // the oldest first; guarded by lock

    private long taken; // how many pictures there were
    private int watching;
    private boolean isRunning;
    private boolean closed;

    /// One look.
    ///
    /// @param number rises by one a look
    /// @param refusals of leases, by this control
    /// @param relayRefusals by the living relays, the most frequent first
    record Picture(
            long number,
            Instant at,
            List<AppLoad> apps,
            List<RegionLoad> regions,
            Map<ErrorCode, Long> refusals,
            List<RefusalCount> relayRefusals) {
        long sessions(Optional<List<AppId>> only) {
            return apps.stream()
                    .filter(load -> only.map(own -> own.contains(load.app())).orElse(true))
                    .mapToLong(AppLoad::sessions)
                    .sum();
        }

        long kbitPerSecond(Optional<List<AppId>> only) {
            return apps.stream()
                    .filter(load -> only.map(own -> own.contains(load.app())).orElse(true))
                    .mapToLong(AppLoad::kbitPerSecond)
                    .sum();
        }
    }

    Live(Store store, Supplier<Map<ErrorCode, Long>> refusals) {
        this.store = store;
        this.refusals = refusals;
    }

    /// Looks now.
    Picture look() {
        Picture seen = store.read(transaction -> new Picture(
                0,
                transaction.now(),
                transaction.load().byApp(),
                transaction.load().byRegion(),
                refusals.get(),
                transaction.load().refusals()));
        lock.lock();
        try {
            Picture picture =
                    new Picture(++taken, seen.at(), seen.apps(), seen.regions(), seen.refusals(), seen.relayRefusals());
            history.addLast(picture);
            if (history.size() > MOST_POINTS) {
                history.removeFirst();
            }
            changed.signalAll();
            return picture;
        } finally {
            lock.unlock();
        }
    }

    /// What was seen while somebody watched, the oldest first.
    List<Picture> history() {
        lock.lock();
        try {
            return new ArrayList<>(history);
        } finally {
            lock.unlock();
        }
    }

    /// From now on it looks again and again, until [#leave].
    void watch() {
        lock.lock();
        try {
            watching++;
            if (!isRunning && !closed) {
                isRunning = true;
                Thread.ofVirtual().name("console-live").start(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            watching--;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for a look after this one.
    ///
    /// @return empty when it is closed, or none came within the time
    Optional<Picture> awaitAfter(long number, Duration patience) {
        lock.lock();
        try {
            long leftNanos = patience.toNanos();
            while (taken <= number && leftNanos > 0 && !closed) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            return closed || taken <= number ? Optional.empty() : Optional.of(history.getLast());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        boolean isStoreGone = false;
        while (goesOn()) {
            try {
                look();
                isStoreGone = false;
            } catch (RuntimeException e) {
                if (!isStoreGone) {
                    LOG.atWarn().setCause(e).log("store.unreachable");
                }
                isStoreGone = true;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(STEP.toMillis());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean goesOn() {
        lock.lock();
        try {
            isRunning = watching > 0 && !closed;
            return isRunning;
        } finally {
            lock.unlock();
        }
    }
}
