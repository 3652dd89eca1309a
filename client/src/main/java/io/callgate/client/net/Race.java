package io.callgate.client.net;

import io.callgate.client.failure.PathException;
import io.callgate.model.TimeSource;
import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;

/// Several ways to the same thing, tried one after the other without waiting for the one before to fail: each
/// gets a head start over the next, and the first that succeeds wins. The others are called off, and what they
/// open all the same is closed.
///
/// A firewall that drops silently costs the head start and not a timeout, which is the difference between a call
/// that begins and one that is given up.
public final class Race {
    private static final int NOBODY = -1;

    /// Longer than any race goes on: the runners' patience ends it.
    private static final Duration WHILE_THEY_TRY = Duration.ofDays(1);

    /// Longer than any attempt that was called off goes on.
    private static final Duration SWEEP = Duration.ofMinutes(1);

    private final TimeSource time;
    private final IntFunction<Duration> headStarts;
    private final Duration patience;
    private final Function<PathException, Duration> hurry;

    /// One way. Runs on a thread of its own and blocks until it has succeeded or failed.
    @FunctionalInterface
    public interface Runner<T extends Closeable> {
        /// @throws PathException if this way leads nowhere
        T run(Attempt attempt);
    }

    /// Told how the race goes, on the thread that called [Race#run].
    @FunctionalInterface
    public interface OnFailure {
        void onFailure(int index, PathException failure);
    }

    /// @param index of the runner that won
    public record Winner<T>(int index, T prize) {}

    /// What became of one runner: a prize or a failure.
    private record Result<T>(int index, Optional<T> prize, Optional<RuntimeException> failure) {}

    /// @param headStart of each runner over the next
    /// @param patience for each runner
    public Race(TimeSource time, Duration headStart, Duration patience) {
        this(time, index -> headStart, patience);
    }

    /// @param headStarts of each runner over the next, by its index
    /// @param patience for each runner
    public Race(TimeSource time, IntFunction<Duration> headStarts, Duration patience) {
        this(time, headStarts, patience, failure -> WHILE_THEY_TRY);
    }

    /// @param hurry how long the others still have once one has failed like this
    public Race(
            TimeSource time,
            IntFunction<Duration> headStarts,
            Duration patience,
            Function<PathException, Duration> hurry) {
        this.time = time;
        this.headStarts = headStarts;
        this.patience = patience;
        this.hurry = hurry;
    }

    /// Blocks until one has won, all have failed, or a failure leaves the others no more time. Where one fails
    /// the next starts at once.
    ///
    /// @param runners the preferred ones first
    /// @return empty if none has won; each that has failed was told
    public <T extends Closeable> Optional<Winner<T>> run(List<Runner<T>> runners, OnFailure onFailure) {
        BlockingQueue<Result<T>> results = new LinkedBlockingQueue<>();
        List<Attempt> started = new ArrayList<>();
        int failed = 0;
        int winner = NOBODY;
        long endsAtNanos = time.nanos() + WHILE_THEY_TRY.toNanos();
        try {
            while (failed < runners.size() && endsAtNanos - time.nanos() > 0) {
                boolean allRun = started.size() == runners.size();
                Optional<Result<T>> result = Optional.empty();
                if (started.size() > failed) {
                    Duration wait = allRun ? patience : headStarts.apply(started.size() - 1);
                    Duration left = Duration.ofNanos(endsAtNanos - time.nanos());
                    result = next(results, wait.compareTo(left) < 0 ? wait : left);
                }
                if (result.isPresent() && result.get().prize().isPresent()) {
                    winner = result.get().index();
                    return Optional.of(new Winner<>(winner, result.get().prize().get()));
                }
                if (result.isPresent()) {
                    failed++;
                    PathException failure = tell(result.get(), onFailure);
                    long hurriedNanos = time.nanos() + hurry.apply(failure).toNanos();
                    endsAtNanos = hurriedNanos - endsAtNanos < 0 ? hurriedNanos : endsAtNanos;
                }
                if (!allRun) {
                    start(runners, started, results);
                }
            }
            return Optional.empty();
        } finally {
            int answered = winner == NOBODY ? failed : failed + 1;
            callOff(winner, started, results, started.size() - answered);
        }
    }

    private static <T> PathException tell(Result<T> result, OnFailure onFailure) {
        RuntimeException failure = result.failure().orElseThrow();
        if (failure instanceof PathException known) {
            onFailure.onFailure(result.index(), known);
            return known;
        }
        throw failure; // a defect, not a way that is closed
    }

    private <T extends Closeable> void start(
            List<Runner<T>> runners, List<Attempt> started, BlockingQueue<Result<T>> results) {
        int index = started.size();
        Attempt attempt = Attempt.within(time, patience);
        started.add(attempt);
        Thread thread =
                new Thread(() -> results.add(run(index, runners.get(index), attempt)), "callgate-race-" + index);
        thread.setDaemon(true);
        thread.start();
    }

    private static <T extends Closeable> Result<T> run(int index, Runner<T> runner, Attempt attempt) {
        try {
            return new Result<>(index, Optional.of(runner.run(attempt)), Optional.empty());
        } catch (RuntimeException e) {
            return new Result<>(index, Optional.empty(), Optional.of(e));
        } catch (Error e) { // as when no thread can be had: without a result the race would never end
            return new Result<>(index, Optional.empty(), Optional.of(new IllegalStateException(e)));
        } finally {
            attempt.handOver();
        }
    }

    private static <T> Optional<Result<T>> next(BlockingQueue<Result<T>> results, Duration wait) {
        try {
            return Optional.ofNullable(results.poll(wait.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during a race", e);
        }
    }

    /// Whoever comes in late all the same finds its prize closed by a thread of its own: the winner need not wait.
    private static <T extends Closeable> void callOff(
            int winner, List<Attempt> started, BlockingQueue<Result<T>> results, int underWay) {
        for (int i = 0; i < started.size(); i++) {
            if (i != winner) {
                started.get(i).callOff();
            }
        }
        if (underWay == 0) {
            return;
        }
        Thread sweeper = new Thread(
                () -> {
                    for (int left = underWay; left > 0; left--) {
                        next(results, SWEEP).flatMap(Result::prize).ifPresent(Attempt::closeQuietly);
                    }
                },
                "callgate-race-sweeper");
        sweeper.setDaemon(true);
        sweeper.start();
    }
}
