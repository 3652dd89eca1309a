package io.callgate.rtc;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The engine's thread. After [#end] whatever is given goes nowhere.
final class Loop {
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, work -> {
        Thread made = new Thread(work, "callgate-rtc");
        made.setDaemon(true);
        return made;
    });
    private final Consumer<Throwable> onDefect;

    /// @param onDefect gets what a piece of work throws, on this thread
    Loop(Consumer<Throwable> onDefect) {
        this.onDefect = onDefect;
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    void execute(Runnable work) {
        try {
            thread.execute(() -> guarded(work));
        } catch (RejectedExecutionException e) {
            // Ended meanwhile.
        }
    }

    /// @return calls it off, and then nothing is kept of it
    Runnable after(Duration pause, Runnable work) {
        try {
            Future<?> waiting = thread.schedule(() -> guarded(work), pause.toMillis(), TimeUnit.MILLISECONDS);
            return () -> waiting.cancel(false);
        } catch (RejectedExecutionException e) {
            return () -> {}; // ended meanwhile
        }
    }

    /// Ends when what was given so far is done; nothing that waits for its time is.
    void end() {
        thread.shutdown();
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            onDefect.accept(e);
        }
    }
}
