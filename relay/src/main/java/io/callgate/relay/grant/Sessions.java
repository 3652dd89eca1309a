package io.callgate.relay.grant;

import io.callgate.model.Limits;
import io.callgate.model.Subject;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/// The sessions of one app: subjects with a live allocation or tunnel, or that had one in the last 30 s. Shared
/// by all loops and locked: asked once an allocation or tunnel, never per packet.
public final class Sessions {
    private static final long LINGER_NANOS = 30_000_000_000L;

    /// How often all sessions are looked through at most, while the app is below its limit.
    private static final long SWEEP_NANOS = 1_000_000_000L;

    private final Map<Subject, Session> bySubject = new HashMap<>();
    private long sweptAtNanos;

    /// What a session consists of, limited apart.
    public enum Part {
        ALLOCATION,
        TUNNEL
    }

    /// Adds one part to the subject's session, which begins with its first.
    ///
    /// @param mayBegin false while the relay drains: then only a session with a live part gets another
    /// @return why not, if the app or the subject is at a limit
    public synchronized Optional<DropReason> open(
            Subject subject, Part part, Limits limits, boolean mayBegin, long nowNanos) {
        if (bySubject.size() >= limits.sessions() || nowNanos - sweptAtNanos >= SWEEP_NANOS) {
            forgetLingering(nowNanos);
        }
        Session session = bySubject.get(subject);
        if (!mayBegin && (session == null || session.isEmpty())) {
            return Optional.of(DropReason.DRAINING);
        }
        if (session == null) {
            if (bySubject.size() >= limits.sessions()) {
                return Optional.of(DropReason.SESSION_QUOTA);
            }
            session = new Session();
        }
        if (part == Part.ALLOCATION && session.allocations >= limits.allocationsPerSubject()) {
            return Optional.of(DropReason.ALLOCATION_QUOTA);
        }
        if (part == Part.TUNNEL && session.tunnels >= limits.tunnelsPerSubject()) {
            return Optional.of(DropReason.TUNNEL_QUOTA);
        }
        session.add(part, 1);
        bySubject.put(subject, session);
        return Optional.empty();
    }

    public synchronized void close(Subject subject, Part part, long nowNanos) {
        Session session = bySubject.get(subject);
        if (session == null) {
            throw new IllegalStateException("no session of " + subject + " to close a part of");
        }
        session.add(part, -1);
        session.emptySinceNanos = nowNanos;
    }

    /// Spends the subject's leave to meet new peers, over all its allocations.
    ///
    /// @return false if it meets them too fast: nothing is spent then
    public synchronized boolean mayMeet(Subject subject, int newPeers, int perSecond, long nowNanos) {
        Session session = bySubject.get(subject);
        return session != null && session.spendPeers(newPeers, perSecond, nowNanos);
    }

    /// Sessions now, lingering ones included: what a quota counts.
    public synchronized int count(long nowNanos) {
        forgetLingering(nowNanos);
        return bySubject.size();
    }

    /// Sessions with an allocation or tunnel at this moment.
    public synchronized int countLive() {
        int live = 0;
        for (Session session : bySubject.values()) {
            live += session.isEmpty() ? 0 : 1;
        }
        return live;
    }

    private void forgetLingering(long nowNanos) {
        sweptAtNanos = nowNanos;
        for (Iterator<Session> each = bySubject.values().iterator(); each.hasNext(); ) {
            Session session = each.next();
            if (session.isEmpty() && nowNanos - session.emptySinceNanos >= LINGER_NANOS) {
                each.remove();
            }
        }
    }

    private static final class Session {
        private int allocations;
        private int tunnels;
        private long emptySinceNanos;
        private double peersLeft;
        private long peersAtNanos;
        private boolean hasMetPeers;

        /// A bucket of one second's peers that fills steadily. A full one may be overdrawn, so that a request for
        /// more than a second's peers is served once and paid for later. Clocks of two loops may differ by a
        /// batch.
        boolean spendPeers(int newPeers, int perSecond, long nowNanos) {
            if (!hasMetPeers) {
                hasMetPeers = true;
                peersLeft = perSecond;
                peersAtNanos = nowNanos;
            }
            long elapsedNanos = Math.max(0, nowNanos - peersAtNanos);
            peersLeft = Math.min(perSecond, peersLeft + perSecond * (elapsedNanos / 1e9));
            peersAtNanos += elapsedNanos;
            boolean enough = peersLeft >= Math.min(newPeers, perSecond);
            if (enough) {
                peersLeft -= newPeers;
            }
            return enough;
        }

        void add(Part part, int count) {
            switch (part) {
                case ALLOCATION -> allocations += count;
                case TUNNEL -> tunnels += count;
            }
        }

        boolean isEmpty() {
            return allocations == 0 && tunnels == 0;
        }
    }
}
