package io.callgate.testkit;

import io.callgate.model.TimeSource;
import java.time.Duration;
import java.time.Instant;

/// A clock that stands until a test turns it. May be read and turned from any thread.
public final class FakeClock implements TimeSource {
    private final Instant start;
    private long elapsedNanos;

    public FakeClock() {
        this(Instant.parse("2026-11-22T12:00:00Z"));
    }

    public FakeClock(Instant start) {
        this.start = start;
    }

    public synchronized void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("a clock does not go back: " + by);
        }
        elapsedNanos += by.toNanos();
    }

    @Override
    public synchronized long nanos() {
        return elapsedNanos;
    }

    @Override
    public synchronized Instant now() {
        return start.plusNanos(elapsedNanos);
    }
}
