package io.callgate.control.rest;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Lets somebody in this process wait for what relays report to it. Safe on every thread.
final class Reports {
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

    /// @param holds looked at now and after each report
    /// @return false if it did not hold within that time
    boolean await(BooleanSupplier holds, Duration patience) throws InterruptedException {
        long leftNanos = patience.toNanos();
        while (true) {
            long before = taken();
            if (holds.getAsBoolean()) {
                return true;
            }
            lock.lock();
            try {
                while (taken == before) {
                    if (leftNanos <= 0) {
                        return false;
                    }
                    leftNanos = more.awaitNanos(leftNanos);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private long taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
