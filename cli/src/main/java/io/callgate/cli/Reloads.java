package io.callgate.cli;

import java.util.concurrent.atomic.AtomicLong;

/// How the reloads of this process went. Safe on every thread.
final class Reloads {
    private final AtomicLong applied = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean lastWasApplied = true;

    void onApplied() {
        applied.incrementAndGet();
        lastWasApplied = true;
    }

    void onRefused() {
        refused.incrementAndGet();
        lastWasApplied = false;
    }

    long applied() {
        return applied.get();
    }

    long refused() {
        return refused.get();
    }

    /// Whether what is in force is what the file says, as far as it was read. True before the first reload.
    boolean lastWasApplied() {
        return lastWasApplied;
    }
}
