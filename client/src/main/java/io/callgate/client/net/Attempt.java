package io.callgate.client.net;

import io.callgate.model.TimeSource;
import java.io.Closeable;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One try to get somewhere: how long it may take altogether, and a way to call it off from another thread. A
/// blocked read or connect of a plain socket ends by nothing but the closing of the socket, so an attempt holds
/// on to what it opens until it has succeeded.
public final class Attempt {
    private final TimeSource time;
    private final long endsAtNanos;
    private final Held held;

    /// What would have to be closed, shared by all parts of one attempt.
    private static final class Held {
        private final List<Closeable> open = new ArrayList<>();
        private boolean calledOff;
    }

    private Attempt(TimeSource time, long endsAtNanos, Held held) {
        this.time = time;
        this.endsAtNanos = endsAtNanos;
        this.held = held;
    }

    public static Attempt within(TimeSource time, Duration whole) {
        return new Attempt(time, time.nanos() + whole.toNanos(), new Held());
    }

    /// A part of this attempt: at most that long, and never longer than what is left of the whole.
    public Attempt atMost(Duration part) {
        long partEndsAtNanos = time.nanos() + part.toNanos();
        boolean isShorter = partEndsAtNanos - endsAtNanos < 0;
        return new Attempt(time, isShorter ? partEndsAtNanos : endsAtNanos, held);
    }

    public boolean isOver() {
        return isCalledOff() || endsAtNanos - time.nanos() <= 0;
    }

    boolean isCalledOff() {
        synchronized (held) {
            return held.calledOff;
        }
    }

    /// What is left, 1 at least: to a socket a timeout of 0 means forever.
    public int leftMillis() {
        long left = TimeUnit.NANOSECONDS.toMillis(endsAtNanos - time.nanos());
        return (int) Math.max(1, Math.min(left, Integer.MAX_VALUE));
    }

    Instant now() {
        return time.now();
    }

    /// Closes what this attempt has opened and not yet handed over; whoever is blocked in it gets an exception.
    public void callOff() {
        List<Closeable> open;
        synchronized (held) {
            held.calledOff = true;
            open = List.copyOf(held.open);
            held.open.clear();
        }
        open.forEach(Attempt::closeQuietly);
    }

    /// @throws SocketException if the attempt is called off; the resource is closed then
    <T extends Closeable> T hold(T resource) throws SocketException {
        synchronized (held) {
            if (!held.calledOff) {
                held.open.add(resource);
                return resource;
            }
        }
        closeQuietly(resource);
        throw new SocketException("called off");
    }

    /// The attempt has succeeded: what it opened belongs to the caller now.
    public void handOver() {
        synchronized (held) {
            held.open.clear();
        }
    }

    static void closeQuietly(Closeable resource) {
        try {
            resource.close();
        } catch (IOException e) {
            // It is given up anyway.
        }
    }
}
