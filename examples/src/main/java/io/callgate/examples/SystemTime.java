package io.callgate.examples;

import io.callgate.model.TimeSource;
import java.time.Instant;

/// The clocks of this machine. The SDK takes time as a parameter, so that tests can turn it.
public final class SystemTime implements TimeSource {
    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }
}
