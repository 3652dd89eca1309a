package io.callgate.cli;

import io.callgate.model.TimeSource;
import java.time.Instant;

/// The clocks of this machine: the one place where they are read.
final class SystemTime implements TimeSource {
    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }
}
