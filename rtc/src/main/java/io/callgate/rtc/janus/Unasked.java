package io.callgate.rtc.janus;

import io.callgate.rtc.media.MediaException;
import io.callgate.rtc.service.ServiceException;
import java.io.Closeable;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;

/// What a room does without the engine's asking: on a thread of its own, under the room's lock, one thing after
/// the other. Any thread.
final class Unasked implements Closeable {
    private final Lock lock;
    private final Consumer<String> onFailed;
    private volatile boolean isClosed;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread made = new Thread(work, "callgate-janus");
        made.setDaemon(true);
        return made;
    });

    /// @param onFailed told why the connections of media may not be what they should
    Unasked(Lock lock, Consumer<String> onFailed) {
        this.lock = lock;
        this.onFailed = onFailed;
    }

    void now(Runnable work) {
        after(Duration.ZERO, work);
    }

    /// Runs then, unless it is closed by then.
    void after(Duration pause, Runnable work) {
        try {
            thread.schedule(() -> run(work), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Closed meanwhile.
        }
    }

    private void run(Runnable work) {
        lock.lock();
        try {
            if (!isClosed) {
                work.run();
            }
        } catch (ServiceException | MediaException e) {
            onFailed.accept("an offer of Janus's could not be answered: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        thread.shutdownNow();
    }
}
