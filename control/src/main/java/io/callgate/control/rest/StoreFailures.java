package io.callgate.control.rest;

import io.callgate.model.TimeSource;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the log that the database does not serve: once in ten seconds, however many requests find out. Safe on
/// every thread.
final class StoreFailures {
    private static final Logger LOG = LoggerFactory.getLogger(StoreFailures.class);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final TimeSource time;
    private boolean hasTold;
    private long toldAtNanos;
    private long untold;

    StoreFailures(TimeSource time) {
        this.time = time;
    }

    /// @param operation the one whose request failed
    synchronized void tell(String operation, Exception cause) {
        long nowNanos = time.nanos();
        if (hasTold && nowNanos - toldAtNanos < PAUSE_NANOS) {
            untold++;
            return;
        }
        LOG.atError()
                .addKeyValue("operation", operation)
                .addKeyValue("untold", untold)
                .setCause(cause)
                .log("store.failed");
        hasTold = true;
        toldAtNanos = nowNanos;
        untold = 0;
    }
}
