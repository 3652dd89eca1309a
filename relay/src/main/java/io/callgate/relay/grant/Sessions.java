package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.LiveSession;
import io.callgate.model.Portion;
import io.callgate.model.SessionRecord;
import io.callgate.model.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The sessions of one app: subjects with a live allocation or tunnel, or that had one in the last 30 s. Shared
/// by all loops and locked: asked once an allocation or tunnel, never per packet.
public final class Sessions {
    private static final long LINGER_NANOS = 30_000_000_000L;

    /// How often the log hears of the same limit.
    private static final long TELL_NANOS = 60_000_000_000L;

    /// How often all sessions are looked through at most, while the app is below its limit.
    private static final long SWEEP_NANOS = 1_000_000_000L;

    /// How often the bytes of a session alone are news.
    private static final long BYTES_NANOS = 60_000_000_000L;

    private static final long LENT_NANOS = Portion.LENT_FOR.toNanos();

    /// Of those that wanted a session and got none, so many are told apart.
    private static final int MOST_TURNED_AWAY = 1_000;

    private final AppId app;
    private final SessionLog log;
    private final Map<Subject, Session> bySubject = new HashMap<>();
    private final Map<DropReason, Long> toldAtNanos = new EnumMap<>(DropReason.class);
    private final Map<Ingress, Integer> liveByIngress = new EnumMap<>(Ingress.class);
    private final Set<Subject> turnedAway = new HashSet<>();
    private @Nullable Portion portion;
    private long portionAtNanos;
    private int peak;
    private boolean isUrgent;
    private long accruedAtNanos;
    private boolean hasAccrued;
    private long sweptAtNanos;
    private boolean isOver;

    Sessions(AppId app, SessionLog log) {
        this.app = app;
        this.log = log;
    }

    /// What a session consists of, limited apart.
    public enum Part {
        ALLOCATION,
        TUNNEL
    }

    /// By what a part comes in.
    public record Entry(Part part, Ingress ingress, IpAddress client) {}

    /// Adds one part to the subject's session, which begins with its first.
    ///
    /// @param mayBegin false while the relay drains: then only a session with a live part gets another
    /// @return why not, if the app or the subject is at a limit
    public synchronized Optional<DropReason> open(
            Subject subject, Entry entry, Limits limits, boolean mayBegin, long nowNanos) {
        long most = mostSessions(limits, nowNanos);
        if (bySubject.size() >= most || nowNanos - sweptAtNanos >= SWEEP_NANOS) {
            forgetLingering(nowNanos);
        }
        Session session = bySubject.get(subject);
        if (!mayBegin && (session == null || session.isEmpty())) {
            return Optional.of(DropReason.DRAINING);
        }
        if (session == null) {
            if (bySubject.size() >= most) {
                turnAway(subject);
                return Optional.of(DropReason.SESSION_QUOTA);
            }
            session = new Session(entry.ingress, nowNanos);
        }
        if (entry.part == Part.ALLOCATION && session.allocations >= limits.allocationsPerSubject()) {
            return Optional.of(DropReason.ALLOCATION_QUOTA);
        }
        if (entry.part == Part.TUNNEL && session.tunnels >= limits.tunnelsPerSubject()) {
            return Optional.of(DropReason.TUNNEL_QUOTA);
        }
        if (session.isEmpty()) {
            changeLive(session, 1, nowNanos);
        }
        session.add(entry);
        if (bySubject.put(subject, session) == null) {
            onBegun(session);
        }
        return Optional.empty();
    }

    /// The part that was opened has its grant.
    synchronized void onOpened(Grant grant, long nowNanos) {
        Session session = bySubject.get(grant.identity().subject());
        if (session == null || !log.journal().isKept()) {
            return;
        }
        boolean isNews = session.grants.isEmpty() || session.isNews(grant);
        session.grants.add(grant);
        session.credentialExpiresAt = session.grants.size() == 1
                ? grant.identity().credentialExpiresAt()
                : later(session.credentialExpiresAt, grant.identity().credentialExpiresAt());
        if (isNews) {
            journal(grant.identity().subject(), session, nowNanos);
        }
    }

    /// Takes the part of a grant away.
    synchronized void close(Grant grant, Grants.Traffic used, long nowNanos) {
        Subject subject = grant.identity().subject();
        close(subject, grant.part(), grant.endReason(), used, nowNanos);
        Session session = bySubject.get(subject);
        if (session != null && session.grants.remove(grant) && session.grants.isEmpty()) {
            log.journal().onEnded(session.number);
        }
    }

    /// Takes one part away.
    ///
    /// @param used what the part has relayed
    public synchronized void close(Subject subject, Part part, EndReason reason, Grants.Traffic used, long nowNanos) {
        Session session = bySubject.get(subject);
        if (session == null && isOver) {
            return; // its record was written while its connection still said goodbye
        }
        if (session == null) {
            throw new IllegalStateException("no session of " + subject + " to close a part of");
        }
        session.remove(part, reason, used);
        session.emptySinceNanos = nowNanos;
        if (session.isEmpty()) {
            changeLive(session, -1, nowNanos);
        }
    }

    /// A client that has proved itself was refused something: its session remembers; if it has none, that is an
    /// event of its own.
    ///
    /// @return whether it is time to tell the operator of this reason
    synchronized boolean refused(Subject subject, Ingress ingress, IpAddress client, DropReason reason, long nowNanos) {
        Session session = bySubject.get(subject);
        if (session != null) {
            session.refusals.merge(reason, 1L, Long::sum);
        } else {
            Instant now = log.time().now();
            log.listener()
                    .accept(new SessionRecord(
                            app,
                            subject,
                            List.of(ingress.label()),
                            List.of(client),
                            now,
                            now,
                            0,
                            0,
                            0,
                            0,
                            0,
                            SessionRecord.REFUSED,
                            Map.of(reason.label(), 1L)));
        }
        Long toldAt = toldAtNanos.get(reason);
        boolean isTime = toldAt == null || nowNanos - toldAt >= TELL_NANOS;
        if (isTime) {
            toldAtNanos.put(reason, nowNanos);
        }
        return isTime;
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

    /// Ends those that have lingered long enough. Called about once a second.
    synchronized void sweep(long nowNanos) {
        forgetLingering(nowNanos);
        accrue(nowNanos);
        if (log.journal().isKept()) {
            journalBytes(nowNanos);
        }
    }

    /// What this relay may spend of the fleet's sessions, from now on.
    ///
    /// @param next null: as much as the limits of the state
    synchronized void spend(@Nullable Portion next, long nowNanos) {
        portion = next;
        portionAtNanos = nowNanos;
    }

    /// Sessions that control should know of.
    ///
    /// @param peak the most at once since control answered last
    /// @param wanted those that are and those that were turned away since
    record Need(int sessions, int peak, int wanted) {}

    synchronized Need need(long nowNanos) {
        forgetLingering(nowNanos);
        isUrgent = false;
        turnedAway.removeAll(bySubject.keySet());
        int sessions = bySubject.size();
        return new Need(sessions, Math.max(peak, sessions), sessions + turnedAway.size());
    }

    /// Control has heard of the need.
    synchronized void onAnswered() {
        peak = bySubject.size();
        turnedAway.clear();
    }

    /// Whether control should hear of the need at once.
    synchronized boolean isUrgent() {
        return isUrgent;
    }

    /// Ends all: the relay closes.
    synchronized void endAll(long nowNanos) {
        accrue(nowNanos);
        liveByIngress.clear();
        bySubject.forEach((subject, session) -> tell(subject, session, nowNanos));
        bySubject.clear();
        isOver = true;
    }

    private long mostSessions(Limits limits, long nowNanos) {
        if (portion == null) {
            return limits.sessions();
        }
        boolean isInTouch = nowNanos - portionAtNanos < LENT_NANOS;
        return Math.min(limits.sessions(), portion.sessions() + (isInTouch ? portion.lentSessions() : 0));
    }

    private void turnAway(Subject subject) {
        isUrgent = true;
        if (turnedAway.size() < MOST_TURNED_AWAY) {
            turnedAway.add(subject);
        }
    }

    private void onBegun(Session session) {
        peak = Math.max(peak, bySubject.size());
        isUrgent |= portion == null || bySubject.size() > portion.sessions();
        log.usage().onSessionBegun(app, session.firstIngress);
    }

    private void changeLive(Session session, int change, long nowNanos) {
        accrue(nowNanos);
        liveByIngress.merge(session.firstIngress, change, Integer::sum);
    }

    /// Adds the time that the live sessions have lived since the last call. Clocks of two loops may differ by a
    /// batch.
    private void accrue(long nowNanos) {
        long elapsedNanos = nowNanos - accruedAtNanos;
        if (elapsedNanos <= 0 && hasAccrued) {
            return;
        }
        if (hasAccrued) {
            liveByIngress.forEach((ingress, live) -> log.usage().onSessionsLived(app, ingress, live, elapsedNanos));
        }
        hasAccrued = true;
        accruedAtNanos = nowNanos;
    }

    private void journalBytes(long nowNanos) {
        bySubject.forEach((subject, session) -> {
            if (!session.grants.isEmpty()
                    && nowNanos - session.journaledAtNanos >= BYTES_NANOS
                    && session.journaledBytes != session.bytesToPeer() + session.bytesToClient()) {
                journal(subject, session, nowNanos);
            }
        });
    }

    private void journal(Subject subject, Session session, long nowNanos) {
        if (session.number == 0) {
            session.number = log.journal().nextNumber();
        }
        session.journaledAtNanos = nowNanos;
        session.journaledBytes = session.bytesToPeer() + session.bytesToClient();
        log.journal()
                .onLive(new LiveSession(
                        session.number,
                        app,
                        subject,
                        session.ingresses.stream().map(Ingress::label).toList(),
                        LiveSession.networkOf(session.clients.iterator().next()),
                        log.time().now().minusNanos(Math.max(0, nowNanos - session.beganNanos)),
                        session.credentialExpiresAt.equals(Instant.MAX)
                                ? Optional.empty()
                                : Optional.of(session.credentialExpiresAt),
                        session.bytesToPeer(),
                        session.bytesToClient()));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private void forgetLingering(long nowNanos) {
        sweptAtNanos = nowNanos;
        for (Iterator<Map.Entry<Subject, Session>> each = bySubject.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Subject, Session> next = each.next();
            Session session = next.getValue();
            if (session.isEmpty() && nowNanos - session.emptySinceNanos >= LINGER_NANOS) {
                each.remove();
                tell(next.getKey(), session, nowNanos);
            }
        }
    }

    private void tell(Subject subject, Session session, long nowNanos) {
        Instant now = log.time().now();
        long endedNanos = session.isEmpty() ? session.emptySinceNanos : nowNanos;
        // Clocks of two loops may differ by a batch: no session ends before it begins.
        long lastedNanos = Math.max(0, endedNanos - session.beganNanos);
        Instant ended = now.minusNanos(Math.max(0, nowNanos - endedNanos));
        Map<String, Long> refusals = new HashMap<>();
        session.refusals.forEach((reason, count) -> refusals.put(reason.label(), count));
        log.listener()
                .accept(new SessionRecord(
                        app,
                        subject,
                        session.ingresses.stream().map(Ingress::label).toList(),
                        List.copyOf(session.clients),
                        ended.minusNanos(lastedNanos),
                        ended,
                        session.parts,
                        session.used.packetsToPeer(),
                        session.used.bytesToPeer(),
                        session.used.packetsToClient(),
                        session.used.bytesToClient(),
                        session.end.label(),
                        refusals));
    }

    private static final class Session {
        private final Ingress firstIngress;
        private final long beganNanos;
        private final List<Grant> grants = new ArrayList<>(2); // for the journal
        private Instant credentialExpiresAt = Instant.MIN;
        private long number;
        private long journaledAtNanos;
        private long journaledBytes;
        private final Set<Ingress> ingresses = EnumSet.noneOf(Ingress.class);
        private final Set<IpAddress> clients = new LinkedHashSet<>(2);
        private final Map<DropReason, Long> refusals = new EnumMap<>(DropReason.class);
        private Grants.Traffic used = Grants.Traffic.NONE;
        private EndReason end = EndReason.RELAY_CLOSED;
        private long parts;
        private int allocations;
        private int tunnels;
        private long emptySinceNanos;
        private double peersLeft;
        private long peersAtNanos;
        private boolean hasMetPeers;

        Session(Ingress firstIngress, long nowNanos) {
            this.firstIngress = firstIngress;
            this.beganNanos = nowNanos;
        }

        /// Whether a grant makes the session another than was told: by its ingress or its credential.
        boolean isNews(Grant grant) {
            return grants.stream().noneMatch(known -> known.ingress() == grant.ingress())
                    || grant.identity().credentialExpiresAt().isAfter(credentialExpiresAt);
        }

        long bytesToPeer() {
            long bytes = used.bytesToPeer();
            for (Grant grant : grants) {
                bytes += grant.meter().bytesToPeer();
            }
            return bytes;
        }

        long bytesToClient() {
            long bytes = used.bytesToClient();
            for (Grant grant : grants) {
                bytes += grant.meter().bytesToClient();
            }
            return bytes;
        }

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

        void add(Entry entry) {
            parts++;
            ingresses.add(entry.ingress);
            if (clients.size() < SessionRecord.MOST_CLIENTS) {
                clients.add(entry.client);
            }
            count(entry.part, 1);
        }

        void remove(Part part, EndReason reason, Grants.Traffic more) {
            count(part, -1);
            end = reason;
            used = used.plus(more);
        }

        private void count(Part part, int change) {
            switch (part) {
                case ALLOCATION -> allocations += change;
                case TUNNEL -> tunnels += change;
            }
        }

        boolean isEmpty() {
            return allocations == 0 && tunnels == 0;
        }
    }
}
