package io.callgate.client;

import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.model.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// A path through a proxy of the customer's: it works as long as the service can be reached through it, which
/// is tried anew now and then.
final class LocalPath implements Path {
    private static final Duration CHECK_PATIENCE = Duration.ofSeconds(5);
    private static final long CHECK_EVERY_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int MOST_FAILURES = 2;

    private final Dialer through;
    private final HostPort service;
    private final TimeSource time;
    private final AtomicBoolean checking = new AtomicBoolean();
    private volatile long checkedNanos;
    private final AtomicInteger failures = new AtomicInteger();

    private LocalPath(Dialer through, HostPort service, TimeSource time) {
        this.through = through;
        this.service = service;
        this.time = time;
        this.checkedNanos = time.nanos();
    }

    static Path.Way by(Dialer through, HostPort service, TimeSource time) {
        return attempt -> {
            LocalPath path = new LocalPath(through, service, time);
            path.check(attempt);
            return path;
        };
    }

    private void check(Attempt attempt) {
        try {
            through.dial(service, attempt).close();
        } catch (IOException e) {
            // It was open, and that was the question.
        }
    }

    @Override
    public Optional<CloudTunnel.Opening> tunnels() {
        return Optional.empty();
    }

    @Override
    public boolean isPingDue(long nowNanos) {
        return nowNanos - checkedNanos >= CHECK_EVERY_NANOS && checking.compareAndSet(false, true);
    }

    @Override
    public void ping() {
        checkedNanos = time.nanos();
        try {
            check(Attempt.within(time, CHECK_PATIENCE));
            failures.set(0);
        } catch (PathException e) {
            failures.incrementAndGet();
        } finally {
            checking.set(false);
        }
    }

    @Override
    public boolean isSilent(long nowNanos) {
        return failures.get() >= MOST_FAILURES;
    }

    @Override
    public boolean isUnstable() {
        return false;
    }

    @Override
    public boolean isJudged() {
        return true;
    }

    @Override
    public boolean isDraining() {
        return false;
    }

    @Override
    public void close() {}
}
