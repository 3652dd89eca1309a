package io.callgate.cli;

import io.callgate.client.DirectProbe;
import io.callgate.client.net.Attempt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A direct way that is open or closed as a test says. What is closed drops silently: it answers only when
/// the attempt is over.
final class StandInProbe implements DirectProbe {
    final AtomicInteger asked = new AtomicInteger();
    private volatile boolean signalling;
    private volatile boolean media;

    StandInProbe(boolean signalling, boolean media) {
        set(signalling, media);
    }

    void set(boolean opensSignalling, boolean opensMedia) {
        signalling = opensSignalling;
        media = opensMedia;
    }

    @Override
    public boolean signalling(Attempt attempt) {
        asked.incrementAndGet();
        return signalling || silence(attempt);
    }

    @Override
    public boolean media(Attempt attempt) {
        return media || silence(attempt);
    }

    private static boolean silence(Attempt attempt) {
        while (!attempt.isOver()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return false;
    }
}
