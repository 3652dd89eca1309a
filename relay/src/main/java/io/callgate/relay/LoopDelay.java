package io.callgate.relay;

import java.util.concurrent.TimeUnit;

/// How late a loop comes to its timer: what any packet may have had to wait too. Confined to the loop; one
/// subtraction a tick.
final class LoopDelay {
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final long tickNanos;
    private long lastTickNanos;
    private long windowBeganNanos;
    private long worstNanos;
    private long worstBeforeNanos;

    /// @param tickMillis how often [#onTick] should come
    LoopDelay(long tickMillis, long nowNanos) {
        this.tickNanos = TimeUnit.MILLISECONDS.toNanos(tickMillis);
        this.lastTickNanos = nowNanos;
        this.windowBeganNanos = nowNanos;
    }

    void onTick(long nowNanos) {
        long lateNanos = nowNanos - lastTickNanos - tickNanos;
        lastTickNanos = nowNanos;
        if (nowNanos - windowBeganNanos >= WINDOW_NANOS) {
            worstBeforeNanos = worstNanos;
            worstNanos = 0;
            windowBeganNanos = nowNanos;
        }
        worstNanos = Math.max(worstNanos, lateNanos);
    }

    /// The worst of the last 30 to 60 seconds; 0 or more.
    long worstNanos() {
        return Math.max(worstNanos, worstBeforeNanos);
    }
}
