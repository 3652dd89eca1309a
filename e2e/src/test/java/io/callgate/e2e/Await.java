package io.callgate.e2e;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for what other processes do, which tell nobody: by looking again and again.
final class Await {
    private static final long INTERVAL_NANOS = 20_000_000;

    private Await() {}

    /// @param what is waited for, for the message
    static void until(String what, Duration limit, BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new AssertionError("waited " + limit + " for " + what + ", in vain");
            }
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }
}
