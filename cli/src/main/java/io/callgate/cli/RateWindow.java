package io.callgate.cli;

import java.time.Duration;

/// So many of something in each window of time. Safe on every thread.
final class RateWindow {
    private final int most;
    private final long windowNanos;
    private long beganNanos;
    private int taken;
    private boolean hasBegun;

    RateWindow(int most, Duration window) {
        this.most = most;
        this.windowNanos = window.toNanos();
    }

    /// @return false if the window has no more
    synchronized boolean take(long nowNanos) {
        if (!hasBegun || nowNanos - beganNanos >= windowNanos) {
            hasBegun = true;
            beganNanos = nowNanos;
            taken = 0;
        }
        if (taken >= most) {
            return false;
        }
        taken++;
        return true;
    }
}
