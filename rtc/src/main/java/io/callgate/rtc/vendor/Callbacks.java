package io.callgate.rtc.vendor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Tells an app's handlers, one thing after the other, on a thread of its own: whoever blocks there, or calls
/// the facade from there, stops neither engine nor media. What a handler throws goes to that thread's own
/// handler of uncaught exceptions, and the next thing is told.
///
/// @param <H> what the vendor calls a handler
public final class Callbacks<H> {
    private volatile List<H> handlers = List.of(); // never changed, but replaced: what is told goes by one of them
    private final ScheduledExecutorService thread;
    private int calls; // guarded by this
    private @Nullable Runnable last; // guarded by this; set once the end is wanted

    public Callbacks(String name) {
        thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, name);
            made.setDaemon(true);
            return made;
        });
    }

    public synchronized void add(H handler) {
        if (!handlers.contains(handler)) {
            handlers = Stream.concat(handlers.stream(), Stream.of(handler)).toList();
        }
    }

    public synchronized void remove(H handler) {
        handlers = handlers.stream().filter(it -> !it.equals(handler)).toList();
    }

    public synchronized void clear() {
        handlers = List.of();
    }

    /// In the place of all others: what is told meanwhile is told to those or to this one.
    public synchronized void replaceBy(H handler) {
        handlers = List.of(handler);
    }

    public void tell(Consumer<H> what) {
        run(() -> handlers.forEach(handler -> guarded(() -> what.accept(handler))));
    }

    /// Runs on the thread of the handlers; what it throws goes where theirs does.
    public void run(Runnable work) {
        try {
            thread.execute(() -> guarded(work));
        } catch (RejectedExecutionException e) {
            // Ended meanwhile: nobody listens any more.
        }
    }

    /// Runs on the thread of the handlers, then; not if it has ended by then.
    public void after(Duration pause, Runnable work) {
        try {
            thread.schedule(() -> guarded(work), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Ended meanwhile.
        }
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            Thread here = Thread.currentThread();
            here.getUncaughtExceptionHandler().uncaughtException(here, e);
        }
    }

    /// There is something to tell until [#callEnds].
    public synchronized void callBegins() {
        calls++;
    }

    public synchronized void callEnds() {
        calls--;
        endIfDue();
    }

    /// Ends the thread when the last call has ended and all is told.
    ///
    /// @param whenTold is run at the very last
    public synchronized void end(Runnable whenTold) {
        last = whenTold;
        endIfDue();
    }

    private void endIfDue() {
        Runnable toRun = last;
        if (toRun != null && calls == 0) {
            run(toRun);
            thread.shutdown();
        }
    }
}
