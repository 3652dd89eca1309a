package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Login;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.TurnClient;
import io.callgate.model.TimeSource;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A path through a relay: an allocation of its own, which proves the credential and is asked for signs of
/// life.
final class RelayPath implements Path {
    private static final Duration PING_PATIENCE = Duration.ofMillis(600);
    private static final long PING_EVERY_NANOS = Duration.ofMillis(150).toNanos();
    private static final long SILENCE_NANOS = Duration.ofMillis(330).toNanos();

    private final TurnClient client;
    private final Ear ear;
    private final CloudTunnel.Opening tunnels;
    private final TimeSource time;
    private final PingRecord record = new PingRecord();
    private final AtomicBoolean pinging = new AtomicBoolean();
    private volatile long pingedNanos;
    private volatile long mediaHeardNanos;
    private volatile long rttNanos;

    /// Hears of the end of the allocation; nothing else is sent there.
    private static final class Ear implements DatagramTunnel.Receiver {
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

    /// Media is a sign of life as well.
    private final class Listening implements DatagramTunnel.Receiver {
        private final DatagramTunnel.Receiver receiver;

        Listening(DatagramTunnel.Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {
            mediaHeardNanos = time.nanos();
            receiver.onDatagram(peer, payload);
        }

        @Override
        public void onEnded(Failure failure) {
            receiver.onEnded(failure);
        }
    }

    private RelayPath(TurnClient client, Ear ear, CloudTunnel.Opening opening, TimeSource time) {
        this.client = client;
        this.ear = ear;
        this.tunnels = (receiver, attempt) -> opening.open(new Listening(receiver), attempt);
        this.time = time;
        this.pingedNanos = time.nanos();
        this.mediaHeardNanos = time.nanos();
    }

    /// @param onEnded called when the relay ends it, on a thread of the allocation
    static Path.Way by(Entrance entrance, Login login, Dialer dialer, TimeSource time, Runnable onEnded) {
        return attempt -> {
            Ear ear = new Ear(onEnded);
            TurnClient client = TurnClient.allocate(entrance, dialer, login, ear, time, attempt);
            return new RelayPath(client, ear, client::another, time);
        };
    }

    @Override
    public Optional<CloudTunnel.Opening> tunnels() {
        return Optional.of(tunnels);
    }

    @Override
    public boolean isPingDue(long nowNanos) {
        return nowNanos - pingedNanos >= PING_EVERY_NANOS && pinging.compareAndSet(false, true);
    }

    @Override
    public void ping() {
        pingedNanos = time.nanos();
        try {
            rttNanos = client.ping(Attempt.within(time, PING_PATIENCE)).toNanos();
            record.answered(rttNanos);
        } catch (PathException e) {
            record.missed();
        } finally {
            pinging.set(false);
        }
    }

    @Override
    public boolean isSilent(long nowNanos) {
        long heardNanos = client.statistics().lastHeardNanos();
        if (mediaHeardNanos - heardNanos > 0) {
            heardNanos = mediaHeardNanos;
        }
        return ear.ended || nowNanos - heardNanos > SILENCE_NANOS + 2 * rttNanos;
    }

    @Override
    public boolean isUnstable() {
        return record.isUnstable();
    }

    @Override
    public boolean isJudged() {
        return record.isJudged();
    }

    @Override
    public boolean isDraining() {
        return client.isDraining();
    }

    @Override
    public void close() {
        client.close();
    }
}
