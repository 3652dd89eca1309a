package io.callgate.control.rest;

import io.callgate.model.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;

/// Does together what many ask for beside each other, so that the disk is waited for once and not by each
/// (decision 0116). Who is alone is served at once. Safe on every thread; blocks it until its own part is done.
///
/// After each round it pauses for nine times as long as the round took, 250 ms at most: so rounds take a tenth of
/// one core, and the more come, the more go in one.
final class Together<T, R> {
    private static final int PAUSE_TO_WORK = 9;
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);
    private static final int MOST = 200;

    private final TimeSource time;
    private final BiPredicate<T, T> exclude;
    private final Function<List<T>, List<R>> work;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiting<T, R>> waiting = new ArrayDeque<>(); // guarded by lock
    private boolean isRunning; // guarded by lock
    private long notBeforeNanos; // of the runner

    private record Waiting<T, R>(T part, CompletableFuture<R> done) {}

    /// @param exclude which two parts must not be in one round
    /// @param work all of it or nothing; its results in the order of the parts
    Together(TimeSource time, BiPredicate<T, T> exclude, Function<List<T>, List<R>> work) {
        this.time = time;
        this.exclude = exclude;
        this.work = work;
        this.notBeforeNanos = time.nanos();
    }

    /// @return when it is done
    /// @throws RuntimeException what the work failed with
    R take(T part) {
        Waiting<T, R> own = new Waiting<>(part, new CompletableFuture<>());
        lock.lock();
        try {
            waiting.add(own);
            if (!isRunning) {
                isRunning = true;
                Thread.ofVirtual().name("together").start(this::run);
            }
        } finally {
            lock.unlock();
        }
        try {
            return own.done.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /// How many wait for the next round.
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (List<Waiting<T, R>> round = next(); !round.isEmpty(); round = next()) {
            long began = time.nanos();
            serve(round);
            long ended = time.nanos();
            notBeforeNanos = ended + Math.min((ended - began) * PAUSE_TO_WORK, LONGEST_PAUSE.toNanos());
        }
    }

    /// Empty if nobody waits, and then the runner is gone.
    private List<Waiting<T, R>> next() {
        pause();
        lock.lock();
        try {
            List<Waiting<T, R>> round = new ArrayList<>();
            for (Iterator<Waiting<T, R>> rest = waiting.iterator(); rest.hasNext() && round.size() < MOST; ) {
                Waiting<T, R> one = rest.next();
                if (round.stream().noneMatch(other -> exclude.test(other.part, one.part))) {
                    round.add(one);
                    rest.remove();
                }
            }
            isRunning = !round.isEmpty();
            return round;
        } finally {
            lock.unlock();
        }
    }

    private void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(notBeforeNanos - time.nanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does; then it goes on without a pause
        }
    }

    private void serve(List<Waiting<T, R>> round) {
        try {
            List<R> results = work.apply(round.stream().map(Waiting::part).toList());
            for (int i = 0; i < round.size(); i++) {
                round.get(i).done.complete(results.get(i));
            }
        } catch (RuntimeException e) {
            if (round.size() == 1 || e instanceof ConnectionException) { // without a database each would wait for it
                round.forEach(one -> one.done.completeExceptionally(e));
            } else { // one of them is at fault: the others must not suffer
                round.forEach(one -> serve(List.of(one)));
            }
        }
    }
}
