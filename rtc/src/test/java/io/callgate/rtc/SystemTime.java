package io.callgate.rtc;

import io.callgate.model.TimeSource;
import java.time.Instant;

/// The clocks of this machine, for tests with real sockets and media.
public final class SystemTime implements TimeSource {
    public static final SystemTime CLOCK = new SystemTime();

    private SystemTime() {}

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }
}
