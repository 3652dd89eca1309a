package io.callgate.client.net;

import io.callgate.model.TimeSource;
import java.time.Instant;

/// The clocks of this machine: sockets know no others.
public final class RealTime implements TimeSource {
    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }
}
