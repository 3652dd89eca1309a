package io.callgate.relay.grant;

import java.util.concurrent.atomic.AtomicLong;

/// The kbit/s of one app, shared by all loops. Loops draw it in portions ([Meter]), so the shared word is touched
/// once in many packets.
///
/// A virtual clock of sending time: each byte costs its nanoseconds at the limit, and the clock may run ahead of
/// real time by [#BURST_NANOS] at most.
final class RateBudget {
    private static final long BURST_NANOS = 200_000_000L;

    // No draw gets here: so far off is only the zero that we begin with, on a clock of another origin.
    private static final long FARTHEST_NANOS = 3_600_000_000_000L;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final AtomicLong paidUntilNanos = new AtomicLong();
    private volatile long bytesPerSecond;
    private volatile boolean isSpent;

    /// @param kbitPerSecond 0 for no limit
    void limitTo(long kbitPerSecond) {
        bytesPerSecond = kbitPerSecond * 125;
    }

    boolean isUnlimited() {
        return bytesPerSecond == 0;
    }

    long kbitPerSecond() {
        return bytesPerSecond / 125;
    }

    /// Whether a draw has failed since the last call.
    boolean takeIsSpent() {
        boolean was = isSpent;
        isSpent = false;
        return was;
    }

    /// How much a loop draws at once: 5 ms of the limit, within 1.5 kB and 64 kB.
    int portionBytes() {
        return (int) Math.max(1_500, Math.min(64 << 10, bytesPerSecond / 200));
    }

    boolean draw(int bytes, long nowNanos) {
        long limit = bytesPerSecond;
        if (limit == 0) {
            return true;
        }
        long costNanos = bytes * NANOS_PER_SECOND / limit;
        while (true) {
            long paid = paidUntilNanos.get();
            long ahead = paid - nowNanos;
            long from = ahead < 0 || ahead > FARTHEST_NANOS ? nowNanos : paid;
            if (from + costNanos - nowNanos > Math.max(BURST_NANOS, costNanos)) {
                if (!isSpent) { // most draws in a row fail: one of them writes
                    isSpent = true;
                }
                return false;
            }
            if (paidUntilNanos.compareAndSet(paid, from + costNanos)) {
                return true;
            }
        }
    }
}
