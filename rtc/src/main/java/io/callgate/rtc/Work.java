package io.callgate.rtc;

import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// The thread that may block: runs one thing after the other, and can be called away from what it is at.
final class Work {
    private final LinkedBlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>();
    private final Thread thread;
    private @Nullable Runnable current; // guarded by this
    private boolean isOver; // guarded by this

    Work(String name) {
        thread = new Thread(this::loop, name);
        thread.setDaemon(true);
        thread.start();
    }

    void run(Runnable work) {
        waiting.add(work);
    }

    /// Interrupts what is being done, if it is that.
    @SuppressWarnings("ReferenceEquality") // the same work again is other work
    synchronized void callAway(Runnable work) {
        if (current == work) {
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
            synchronized (this) {
                current = next;
            }
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
