package io.callgate.control.rest;

import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.Store;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets relays wait for the next change of the fleet's state, whichever control makes it: while anybody waits,
/// one thread asks the store for the version.
final class StateSignal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateSignal.class);

    /// Of the 3 s in which a change reaches relays.
    private static final Duration POLL = Duration.ofMillis(250);

    private final Store store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread poller;

    private long version;
    private int waiting;
    private boolean closed;

    StateSignal(Store store) {
        this.store = store;
        this.poller = Thread.ofVirtual().name("state-signal").start(this::poll);
    }

    /// Waits until the fleet's version is another one, for so long at most.
    ///
    /// @return the version as it is now
    long awaitOther(long known, Duration patience) {
        long current = read();
        if (current != known || patience.isZero()) {
            return current;
        }
        lock.lock();
        try {
            version = current;
            waiting++;
            changed.signalAll(); // the poller sleeps while nobody waits
            long leftNanos = patience.toNanos();
            while (version == known && leftNanos > 0 && !closed) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            return version;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return known;
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        poller.interrupt();
    }

    private void poll() {
        boolean isStoreGone = false;
        while (awaitWaiting()) {
            try {
                long current = read();
                isStoreGone = false;
                lock.lock();
                try {
                    if (version != current) {
                        version = current;
                        changed.signalAll();
                    }
                } finally {
                    lock.unlock();
                }
                TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                return; // closed
            } catch (RuntimeException e) {
                if (!isStoreGone) { // once, not four times a second
                    LOG.atWarn().setCause(e).log("store.unreachable");
                }
                isStoreGone = true;
            }
        }
    }

    private boolean awaitWaiting() {
        lock.lock();
        try {
            while (waiting == 0 && !closed) {
                changed.await();
            }
            return !closed;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private long read() {
        return store.read(transaction -> transaction.counters().read(Counter.STATE));
    }
}
