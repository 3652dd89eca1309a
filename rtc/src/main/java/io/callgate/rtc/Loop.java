package io.callgate.rtc;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The engine's thread. After [#end] whatever is given goes nowhere.
final class Loop {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread made = new Thread(work, "callgate-rtc");
        made.setDaemon(true);
        return made;
    });
    private final Consumer<Throwable> onDefect;

    /// @param onDefect gets what a piece of work throws, on this thread
    Loop(Consumer<Throwable> onDefect) {
        this.onDefect = onDefect;
    }

    void execute(Runnable work) {
        try {
            thread.execute(() -> guarded(work));
        } catch (RejectedExecutionException e) {
            // Ended meanwhile.
        }
    }

    void after(Duration pause, Runnable work) {
        try {
            thread.schedule(() -> guarded(work), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Ended meanwhile.
        }
    }

    /// Ends when what was given so far is done; nothing that waits for its time is.
    void end() {
        thread.shutdown();
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            onDefect.accept(e);
        }
    }
}
