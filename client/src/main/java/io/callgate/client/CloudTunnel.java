package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.client.turn.Tally;
import io.callgate.model.ErrorCode;
import io.callgate.model.TimeSource;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Datagrams to peers by whatever path is in use, from one [CloudProxy#openTunnel]. When the path changes the
/// new one is opened, with all peers, before the old one is closed; what is under way on the old one still
/// arrives.
///
/// The addresses change with the path: peers learn the new one from what is sent next. All methods may be
/// called from any thread; only [#open] blocks. The receiver hears one datagram at a time.
public final class CloudTunnel implements DatagramTunnel {
    private static final Duration MOVE_PATIENCE = Duration.ofSeconds(3);

    private final Receiver receiver;
    private final TimeSource time;
    private final Runnable onLost;
    private final Runnable onClose;
    private final Set<InetSocketAddress> peers = ConcurrentHashMap.newKeySet();
    private final Object delivering = new Object();
    private final Tally tally = new Tally();
    private volatile long lastHeardNanos;

    /// What carries it now; null between two paths.
    private final AtomicReference<@Nullable Leg> leg = new AtomicReference<>();

    private volatile boolean closed;

    /// Opens what carries the tunnel on one path.
    interface Opening {
        DatagramTunnel open(Receiver receiver, Attempt attempt);
    }

    /// The tunnel on one path.
    private final class Leg implements Receiver {
        private @Nullable DatagramTunnel carrier; // set once, before the leg is published
        private volatile boolean ended;

        @Override
        public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {
            lastHeardNanos = time.nanos();
            tally.received(payload.remaining());
            synchronized (delivering) {
                if (!closed) {
                    receiver.onDatagram(peer, payload);
                }
            }
        }

        @Override
        public void onEnded(Failure failure) {
            ended = true;
            lost();
        }

        /// Nothing happens where another carries the tunnel, or none does yet.
        void lost() {
            if (leg.compareAndSet(this, null)) {
                onLost.run();
            }
        }

        DatagramTunnel carrier() {
            return Objects.requireNonNull(carrier);
        }
    }

    CloudTunnel(Receiver receiver, TimeSource time, Runnable onLost, Runnable onClose) {
        this.receiver = receiver;
        this.time = time;
        this.onLost = onLost;
        this.onClose = onClose;
    }

    /// Blocks; one call at a time.
    ///
    /// @return what carried it before, for the caller to close when nothing is under way there any more
    /// @throws PathException if that path cannot be used; the tunnel stays where it was
    Optional<DatagramTunnel> moveTo(Opening opening) {
        Leg next = new Leg();
        Attempt attempt = Attempt.within(time, MOVE_PATIENCE);
        DatagramTunnel carrier = opening.open(next, attempt);
        next.carrier = carrier;
        Leg before = leg.get();
        Set<InetSocketAddress> reopened = new HashSet<>();
        try {
            reopen(carrier, reopened);
        } catch (PathException e) {
            carrier.close();
            throw e;
        }
        leg.set(next);
        finish(next, reopened);
        if (closed) {
            carrier.close();
        }
        return before == null ? Optional.empty() : Optional.of(before.carrier());
    }

    /// Peers that were opened on the path before, while the others were reopened: from now on [#open] sees the
    /// new one. Where it fails so soon, another move is due.
    private void finish(Leg there, Set<InetSocketAddress> reopened) {
        try {
            reopen(there.carrier(), reopened);
        } catch (PathException e) {
            there.lost();
            there.carrier().close();
        }
        if (there.ended) {
            there.lost();
        }
    }

    /// @param reopened are passed over; grows
    private void reopen(DatagramTunnel carrier, Set<InetSocketAddress> reopened) {
        for (InetSocketAddress peer : peers) {
            if (reopened.add(peer)) {
                reopen(carrier, peer);
            }
        }
    }

    /// One peer that the next relay may not reach is lost; the others are not.
    private void reopen(DatagramTunnel carrier, InetSocketAddress peer) {
        try {
            carrier.open(peer, Attempt.within(time, MOVE_PATIENCE));
        } catch (PathException e) {
            if (e.code() != ErrorCode.DESTINATION_FORBIDDEN) {
                throw e;
            }
            peers.remove(peer);
        }
    }

    boolean isAttached() {
        return leg.get() != null;
    }

    /// The path is gone and nothing takes its place.
    void end(Failure failure) {
        if (shut()) {
            receiver.onEnded(failure);
        }
    }

    /// @throws IllegalStateException between two paths
    @Override
    public InetSocketAddress relayedAddress() {
        return carrier().relayedAddress();
    }

    /// @throws IllegalStateException between two paths
    @Override
    public InetSocketAddress mappedAddress() {
        return carrier().mappedAddress();
    }

    private DatagramTunnel carrier() {
        Leg now = leg.get();
        if (now == null) {
            throw new IllegalStateException(closed ? "the tunnel is closed" : "the tunnel is between two paths");
        }
        return now.carrier();
    }

    @Override
    public void open(InetSocketAddress peer, Attempt attempt) {
        DatagramTunnel.requirePeer(peer);
        Objects.requireNonNull(attempt, "attempt");
        Leg now = leg.get();
        if (closed) {
            throw new PathException(ErrorCode.NOT_INITIALIZED, "the tunnel is closed", "open another one");
        }
        if (now != null) {
            now.carrier().open(peer, attempt);
        }
        peers.add(peer);
        Leg meanwhile = leg.get();
        if (meanwhile != null && meanwhile != now) {
            meanwhile.carrier().open(peer, attempt); // it moved while the relay was asked
        }
    }

    @Override
    public boolean send(InetSocketAddress peer, ByteBuffer payload) {
        Objects.requireNonNull(peer, "peer");
        Objects.requireNonNull(payload, "payload");
        Leg now = leg.get();
        if (now == null || !now.carrier().send(peer, payload)) {
            tally.notSent();
            return false;
        }
        tally.sent(payload.remaining());
        return true;
    }

    /// Since it was opened, over all paths.
    @Override
    public Statistics statistics() {
        return tally.statistics(lastHeardNanos);
    }

    @Override
    public void close() {
        if (shut()) {
            onClose.run();
        }
    }

    private synchronized boolean shut() {
        if (closed) {
            return false;
        }
        closed = true;
        Leg now = leg.getAndSet(null);
        if (now != null) {
            now.carrier().close();
        }
        return true;
    }

    boolean isClosed() {
        return closed;
    }
}
