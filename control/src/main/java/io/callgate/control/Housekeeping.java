package io.callgate.control;

import io.callgate.control.store.Store;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes once an hour what is older than the retention, on a thread of its own. Every control may do so.
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration EVERY = Duration.ofHours(1);

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Store store;

    Housekeeping(Store store) {
        this.store = store;
        Thread.ofVirtual().name("housekeeping").start(this::run);
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /// Not at the start, which has enough to do.
    private void run() {
        try {
            while (!closed.await(EVERY.toSeconds(), TimeUnit.SECONDS)) {
                purge();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void purge() {
        try {
            int rows = store.change(
                    "control", transaction -> transaction.retention().purge());
            if (rows > 0) {
                LOG.atInfo().addKeyValue("rows", rows).log("retention.purged");
            }
        } catch (JdbiException e) {
            LOG.atWarn().addKeyValue("reason", e.getClass().getSimpleName()).log("retention.failed");
        }
    }
}
