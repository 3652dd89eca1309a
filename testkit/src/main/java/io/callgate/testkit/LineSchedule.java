package io.callgate.testkit;

import java.util.random.RandomGenerator;

/// One direction of a bad line, as arithmetic: when does a packet leave that comes now, if it leaves at all? One
/// thread.
final class LineSchedule {
    static final long LOST = Long.MIN_VALUE;

    private final Impairment impairment;
    private final RandomGenerator random;
    private final long delayNanos;
    private final long jitterNanos;
    private long freeAtNanos = Long.MIN_VALUE; // when the bottleneck has sent all it was given
    private long lastDueNanos = Long.MIN_VALUE;

    LineSchedule(Impairment impairment, RandomGenerator random) {
        this.impairment = impairment;
        this.random = random;
        delayNanos = impairment.delay().toNanos();
        jitterNanos = impairment.jitter().toNanos();
    }

    /// @param nowNanos never less than at the call before
    /// @return when the packet leaves, never before the one ahead of it; or [#LOST]
    long dueNanos(long nowNanos, int bytes) {
        if (random.nextDouble() * 100 < impairment.lossPercent()) return LOST;
        long startNanos = Math.max(nowNanos, freeAtNanos);
        if (startNanos - nowNanos > Impairment.QUEUE.toNanos()) return LOST;
        freeAtNanos = startNanos + impairment.nanosOnTheLine(bytes);
        long spread = jitterNanos == 0 ? 0 : random.nextLong(-jitterNanos, jitterNanos + 1);
        lastDueNanos = Math.max(lastDueNanos, freeAtNanos + delayNanos + spread);
        return lastDueNanos;
    }
}
