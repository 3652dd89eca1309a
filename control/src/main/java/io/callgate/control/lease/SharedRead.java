package io.callgate.control.lease;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Something that everybody wants to read anew: those who ask while one reads wait, and share the next read, which
/// began after all of them had asked. So nobody gets what is older than the question, and a thousand who ask at
/// once take one connection of the database and not all that there are. Safe on every thread.
final class SharedRead<T> {
    private final Supplier<T> read;
    private final AtomicLong begun = new AtomicLong();
    private final ReentrantLock reading = new ReentrantLock();
    private volatile @Nullable Done<T> last;

    /// @param failure why there is no value
    private record Done<T>(
            long number, @Nullable T value, @Nullable RuntimeException failure) {}

    SharedRead(Supplier<T> read) {
        this.read = read;
    }

    /// @throws RuntimeException what the read failed with, to all who share it
    T get() {
        long firstGood = begun.get() + 1;
        reading.lock();
        try {
            Done<T> done = last;
            if (done == null || done.number < firstGood) {
                done = next();
                last = done;
            }
            if (done.failure != null) {
                throw done.failure;
            }
            return Objects.requireNonNull(done.value);
        } finally {
            reading.unlock();
        }
    }

    /// How many wait for one who reads.
    int waiting() {
        return reading.getQueueLength();
    }

    private Done<T> next() {
        long number = begun.incrementAndGet();
        try {
            return new Done<>(number, read.get(), null);
        } catch (RuntimeException e) {
            return new Done<>(number, null, e);
        }
    }
}
