package io.callgate.rtc;

import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// The thread that may block: runs one thing after the other, and can be called away from what it is at.
final class Work {
    private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    private final Thread thread;
    private @Nullable Runnable current; // guarded by this
    private @Nullable Runnable unwanted; // guarded by this: called away, and not seen to begin
    private boolean isOver; // guarded by this

    Work(String name) {
        thread = new Thread(this::loop, name);
        thread.setDaemon(true);
        thread.start();
    }

    void run(Runnable work) {
        waiting.add(work);
    }

    /// Interrupts this work: at once if it is being done, at its beginning if that is still to come. Whoever gives
    /// one thing at a time, as a call does, calls away from the last one only.
    @SuppressWarnings("ReferenceEquality") // the same work again is other work
    synchronized void callAway(Runnable work) {
        if (current == work) {
            thread.interrupt();
        } else {
            unwanted = work;
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private synchronized void begin(Runnable work) {
        current = work;
        if (unwanted == work) {
            thread.interrupt();
        }
    }

    /// Ends when what was given so far is done.
    void end() {
        run(() -> {
            synchronized (this) {
                isOver = true;
            }
        });
    }

    private void loop() {
        while (true) {
            Runnable next;
            try {
                next = waiting.take();
            } catch (InterruptedException e) {
                continue; // meant for what has just ended
            }
            begin(next);
            next.run();
            synchronized (this) {
                current = null;
                Thread.interrupted();
                if (isOver) {
                    return;
                }
            }
        }
    }
}
