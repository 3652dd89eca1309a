package io.callgate.bench.control;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/// Asks at a fixed rate, whether answers come or not, and times each from when it should have been asked: so a
/// server that stalls is seen by all that had to wait for it.
final class OpenLoop {
    private static final int MOST_UNDER_WAY = 2_000;

    private OpenLoop() {}

    /// @param failed answered with something else, or not asked since too many were waiting
    record Result(long asked, long failed, double perSecond, double p50Millis, double p99Millis, double mostMillis) {
        String row(String what) {
            return "| %s | %d | %d | %.0f | %.1f | %.1f | %.1f |"
                    .formatted(what, asked, failed, perSecond, p50Millis, p99Millis, mostMillis);
        }
    }

    /// @param request the n-th; completes with whether the answer was the wanted one
    static Result run(int perSecond, Duration length, IntFunction<CompletableFuture<Boolean>> request) {
        int most = Math.toIntExact(perSecond * length.toSeconds());
        ConcurrentLinkedQueue<Long> times = new ConcurrentLinkedQueue<>();
        AtomicLong failed = new AtomicLong();
        Phaser answered = new Phaser(1);
        Semaphore room = new Semaphore(MOST_UNDER_WAY);
        long began = System.nanoTime();
        for (int n = 0; n < most; n++) {
            long due = began + n * 1_000_000_000L / perSecond;
            while (due - System.nanoTime() > 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            if (!room.tryAcquire()) { // nobody waits so long: what is more is lost work, not a measurement
                failed.incrementAndGet();
                continue;
            }
            answered.register();
            request.apply(n).whenComplete((good, failure) -> {
                room.release();
                times.add(System.nanoTime() - due);
                if (failure != null || !good) {
                    failed.incrementAndGet();
                }
                answered.arriveAndDeregister();
            });
        }
        answered.arriveAndAwaitAdvance();
        double seconds = (System.nanoTime() - began) / 1e9;
        long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
        return new Result(most, failed.get(), most / seconds, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
    }

    private static double at(long[] sorted, double quantile) {
        int place = Math.min(sorted.length - 1, (int) Math.ceil(sorted.length * quantile) - 1);
        return Arrays.stream(sorted, place, place + 1).sum() / 1e6;
    }
}
