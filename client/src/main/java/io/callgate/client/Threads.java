package io.callgate.client;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/// The threads of one proxy, all daemons: the loop `callgate-proxy`, which decides and owns whatever says
/// "loop only"; workers, which may block; `callgate-events`, which tells the app. What is thrown on any of
/// them goes into the trace. After [#close] work is passed over.
final class Threads {
    private final Trace trace;
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(daemon("callgate-proxy"));
    private final ExecutorService workers = Executors.newCachedThreadPool(daemon("callgate-worker"));
    private final ExecutorService events = Executors.newSingleThreadExecutor(daemon("callgate-events"));

    Threads(Trace trace) {
        this.trace = trace;
    }

    private static ThreadFactory daemon(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /// @return false if it will not be done
    boolean onLoop(Runnable work) {
        return handOver(loop, work);
    }

    /// On the loop, once.
    void later(long millis, Runnable work) {
        try {
            loop.schedule(() -> guarded(work), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Closed meanwhile.
        }
    }

    /// On the loop, until it is closed.
    void every(long millis, Runnable work) {
        loop.scheduleWithFixedDelay(() -> guarded(work), millis, millis, TimeUnit.MILLISECONDS);
    }

    void aside(Runnable work) {
        handOver(workers, work);
    }

    void tell(Runnable event) {
        handOver(events, event);
    }

    /// The same for what somebody waits for: after [#close] at once, on this thread.
    void answer(Runnable completion) {
        if (!handOver(events, completion)) {
            completion.run();
        }
    }

    private boolean handOver(ExecutorService to, Runnable work) {
        try {
            to.execute(() -> guarded(work));
            return true;
        } catch (RejectedExecutionException e) {
            return false; // closed meanwhile
        }
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            trace.add("a defect of the SDK or of what it was given: " + e);
        }
    }

    /// On the loop, as its last work; what was to be told is still told.
    void close() {
        loop.shutdownNow();
        workers.shutdown();
        events.shutdown();
    }
}
