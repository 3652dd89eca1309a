package io.callgate.relay.report;

import io.callgate.model.TimeSource;
import io.callgate.model.UsageCount;
import io.callgate.relay.grant.Usage;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what loops have counted to the [UsageLedger], five times a second, on a thread of its own: a store to a
/// mapped file may wait for the disk, and no loop may. So a kill loses what was relayed since, which is less than
/// [#KILL_LOSES]; a fall of the machine, less than [#FALL_LOSES].
final class UsageKeeper implements AutoCloseable {
    static final Duration KILL_LOSES = Duration.ofSeconds(1);
    static final Duration FALL_LOSES = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(UsageKeeper.class);
    private static final Duration EVERY = Duration.ofMillis(200);
    private static final Duration FORCE_EVERY = Duration.ofSeconds(5);

    private final UsageLedger ledger;
    private final Supplier<List<Usage.Total>> totals;
    private final TimeSource time;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("relay-usage").daemon().factory());

    /// @param totals of this run so far
    UsageKeeper(MemorySegment memory, UUID epoch, Supplier<List<Usage.Total>> totals, TimeSource time) {
        this.ledger = new UsageLedger(memory, epoch);
        this.totals = totals;
        this.time = time;
    }

    void start() {
        every(EVERY, this::count);
        every(FORCE_EVERY, ledger::force);
    }

    /// What control has not acknowledged, with all that has been counted up to now.
    List<UsageCount> untold(long sequence) {
        count();
        return ledger.untold(sequence);
    }

    void onAcknowledged(long sequence) {
        ledger.onAcknowledged(sequence);
    }

    /// Counts to the end.
    @Override
    public void close() {
        thread.close();
        count();
        ledger.force();
    }

    private void count() {
        ledger.count(totals.get(), time.now());
    }

    private void every(Duration period, Runnable work) {
        thread.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) { // a task that throws is never run again
                        log.atError().setCause(e).log("usage.failed");
                    }
                },
                period.toMillis(),
                period.toMillis(),
                TimeUnit.MILLISECONDS);
    }
}
