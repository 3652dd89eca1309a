package io.callgate.control.rest;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Lets somebody in this process wait for what relays report. Safe on every thread.
final class Reports {
    private static final long LOOK_NANOS = Duration.ofMillis(250).toNanos();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private long taken; // guarded by lock

    void onTaken() {
        lock.lock();
        try {
            taken++;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// @param holds looked at now, after each report, and now and then, for relays report to other controls too
    /// @return false if it did not hold within that time
    boolean await(BooleanSupplier holds, Duration patience) throws InterruptedException {
        long leftNanos = patience.toNanos();
        while (true) {
            long before = taken();
            if (holds.getAsBoolean()) {
                return true;
            }
            if (leftNanos <= 0) {
                return false;
            }
            leftNanos -= awaitMore(before, Math.min(leftNanos, LOOK_NANOS));
        }
    }

    /// @return how long it took
    private long awaitMore(long before, long mostNanos) throws InterruptedException {
        long leftNanos = mostNanos;
        lock.lock();
        try {
            while (taken == before && leftNanos > 0) {
                leftNanos = more.awaitNanos(leftNanos);
            }
        } finally {
            lock.unlock();
        }
        return mostNanos - leftNanos;
    }

    /// How many this control has taken.
    long taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
