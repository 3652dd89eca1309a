package io.callgate.cli;

import io.callgate.model.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// This machine's clocks, of which a test may leave out a while rather than wait for it.
final class SkippingTime implements TimeSource {
    private final TimeSource system = new SystemTime();
    private final AtomicLong skippedNanos = new AtomicLong();

    void skip(Duration span) {
        skippedNanos.addAndGet(span.toNanos());
    }

    @Override
    public long nanos() {
        return system.nanos() + skippedNanos.get();
    }

    @Override
    public Instant now() {
        return system.now().plusNanos(skippedNanos.get());
    }
}
