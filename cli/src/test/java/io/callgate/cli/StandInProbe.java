package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.DirectProbe;
import io.callgate.client.net.Attempt;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A direct way that is open or closed as a test says. What is closed drops silently: it answers only when
/// the attempt is over.
final class StandInProbe implements DirectProbe {
    final Semaphore asked = new Semaphore(0);
    private volatile boolean signalling;
    private volatile boolean media;

    StandInProbe(boolean signalling, boolean media) {
        set(signalling, media);
    }

    /// Waits until it was asked so often, since it was last waited for.
    void awaitAsked(int times) throws InterruptedException {
        assertThat(asked.tryAcquire(times, 20, TimeUnit.SECONDS)).isTrue();
    }

    void set(boolean opensSignalling, boolean opensMedia) {
        signalling = opensSignalling;
        media = opensMedia;
    }

    @Override
    public boolean signalling(Attempt attempt) {
        asked.release();
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
