package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Waits for what comes by itself a moment later, and fails where it does not.
public final class Until {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private Until() {}

    /// @param what is to be so, for whoever reads that it was not
    public static void holds(String what, BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean() && System.nanoTime() < deadlineNanos) {
            Thread.onSpinWait();
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }
}
