package io.callgate.relay.grant;

import java.util.concurrent.atomic.AtomicLong;

/// What a guest of this relay may use altogether, over all its allocations: a time and a volume. Shared by all
/// loops; the volume is drawn in portions ([Meter]).
final class Allotment {
    private final long endsAtNanos;
    private final AtomicLong leftBytes;

    Allotment(long endsAtNanos, long bytes) {
        this.endsAtNanos = endsAtNanos;
        this.leftBytes = new AtomicLong(bytes);
    }

    /// Zero or less when it is over.
    long leftNanos(long nowNanos) {
        return endsAtNanos - nowNanos;
    }

    /// @return false if so much is not left; nothing is left then
    boolean draw(int bytes) {
        return leftBytes.get() >= 0 && leftBytes.addAndGet(-bytes) >= 0;
    }
}
