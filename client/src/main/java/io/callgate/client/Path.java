package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Login;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.TurnClient;
import io.callgate.model.TimeSource;
import java.io.Closeable;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// A proxied path that works: an allocation of its own, which proves the credential and is asked for signs of
/// life.
/// May be used from any thread.
final class Path implements Closeable {
    private static final Duration PING_PATIENCE = Duration.ofMillis(600);
    private static final long PING_EVERY_NANOS = Duration.ofMillis(150).toNanos();
    private static final long SILENCE_NANOS = Duration.ofMillis(330).toNanos();

    private final TurnClient client;
    private final Entrance entrance;
    private final Login login;
    private final TimeSource time;
    private final Ear ear;
    private final AtomicBoolean pinging = new AtomicBoolean();
    private volatile long pingedNanos;
    private volatile long rttNanos;

    /// Hears of the end of the allocation; nothing else is sent there.
    static final class Ear implements DatagramTunnel.Receiver {
        private final Runnable onEnded;
        private volatile boolean ended;

        Ear(Runnable onEnded) {
            this.onEnded = onEnded;
        }

        @Override
        public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {}

        @Override
        public void onEnded(Failure failure) {
            ended = true;
            onEnded.run();
        }
    }

    Path(TurnClient client, Entrance entrance, Login login, TimeSource time, Ear ear) {
        this.client = client;
        this.entrance = entrance;
        this.login = login;
        this.time = time;
        this.ear = ear;
        this.pingedNanos = time.nanos();
    }

    Entrance entrance() {
        return entrance;
    }

    Login login() {
        return login;
    }

    boolean isPingDue(long nowNanos) {
        return nowNanos - pingedNanos >= PING_EVERY_NANOS && pinging.compareAndSet(false, true);
    }

    /// Blocks 600 ms at most.
    void ping() {
        pingedNanos = time.nanos();
        try {
            rttNanos = client.ping(Attempt.within(time, PING_PATIENCE)).toNanos();
        } catch (PathException e) {
            // Silence tells by itself.
        } finally {
            pinging.set(false);
        }
    }

    boolean isSilent(long nowNanos) {
        return ear.ended || nowNanos - client.statistics().lastHeardNanos() > SILENCE_NANOS + 2 * rttNanos;
    }

    @Override
    public void close() {
        client.close();
    }
}
