package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.Portion;
import io.callgate.model.SessionRecord;
import io.callgate.model.Subject;
import io.callgate.model.SubjectSet;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
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
    /// How often the log hears of the same limit.
    private static final long TELL_NANOS = 60_000_000_000L;

    /// How often all sessions are looked through at most, while the app is below its limit.
    private static final long SWEEP_NANOS = 1_000_000_000L;

    /// The same at its limit: whoever is turned away may ask again and again, and all loops wait meanwhile.
    private static final long FULL_SWEEP_NANOS = 100_000_000L;

    /// The loops wait meanwhile.
    private static final int TOLD_AT_ONCE = 100;

    private final AppId app;
    private final SessionLog log;
    private final Map<Subject, Session> bySubject = new HashMap<>();
    private final Set<Subject> untold = new LinkedHashSet<>(); // of whose sessions the journal should know more
    private final Map<DropReason, Long> toldAtNanos = new EnumMap<>(DropReason.class);
    private final Map<Ingress, Integer> liveByIngress = new EnumMap<>(Ingress.class);
    private final SessionShare share = new SessionShare();
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
    ///
    /// @param reached which of the relay's own addresses the client came to; behind a load balancer what that one
    /// says
    public record Entry(Part part, Ingress ingress, IpAddress client, Endpoint reached) {}

    /// Adds one part to the subject's session, which begins with its first.
    ///
    /// @param mayBegin false while the relay drains: then only a session with a live part gets another
    /// @return why not, if the app or the subject is at a limit
    public synchronized Optional<DropReason> open(
            Subject subject, Entry entry, Limits limits, boolean mayBegin, long nowNanos) {
        boolean isFull = bySubject.size() >= share.mostSessions(limits, nowNanos);
        if (nowNanos - sweptAtNanos >= (isFull ? FULL_SWEEP_NANOS : SWEEP_NANOS)) {
            forgetLingering(nowNanos);
        }
        Session session = bySubject.get(subject);
        if (!mayBegin && (session == null || session.isEmpty())) {
            return Optional.of(DropReason.DRAINING);
        }
        if (session == null) {
            if (!share.mayBegin(subject, bySubject.size(), limits, nowNanos)) {
                share.onTurnedAway(subject);
                return Optional.of(DropReason.SESSION_QUOTA);
            }
            session = new Session(entry.ingress, nowNanos);
        }
        Optional<DropReason> full = session.refusal(entry.part, limits);
        if (full.isPresent()) {
            return full;
        }
        if (session.isEmpty()) {
            changeLive(session, 1, nowNanos);
        }
        session.add(entry);
        if (bySubject.put(subject, session) == null) {
            share.onBegun(bySubject.size(), session.firstIngress());
            log.usage().onSessionBegun(app, session.firstIngress());
        }
        return Optional.empty();
    }

    /// The part that was opened has its grant.
    synchronized void onOpened(Grant grant) {
        Session session = bySubject.get(grant.identity().subject());
        if (session != null && log.journal().isKept() && session.take(grant)) {
            untold.add(grant.identity().subject());
        }
    }

    /// Tells the journal of the sessions that are others than it knows: so that no client waits for that, and that
    /// one which ends at once is never told of.
    void tell(long nowNanos) {
        while (tellSome(nowNanos)) {
            // others get the lock in between
        }
    }

    /// @return whether there may be more
    private synchronized boolean tellSome(long nowNanos) {
        Iterator<Subject> next = untold.iterator();
        for (int told = 0; next.hasNext() && told < TOLD_AT_ONCE; told++) {
            Subject subject = next.next();
            next.remove();
            Session session = bySubject.get(subject);
            if (session != null) {
                journal(subject, session, nowNanos);
            }
        }
        return next.hasNext();
    }

    /// Takes the part of a grant away.
    synchronized void close(Grant grant, Grants.Traffic used, long nowNanos) {
        Subject subject = grant.identity().subject();
        close(subject, grant.part(), grant.endReason(), used, nowNanos);
        Session session = bySubject.get(subject);
        if (session != null && session.giveBackLast(grant)) {
            untold.remove(subject);
            log.journal().onEnded(session.number());
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
        session.remove(part, reason, used, nowNanos);
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
            session.onRefused(reason);
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
    /// @param inCall at some relay, who may begin here beyond that
    synchronized void spend(@Nullable Portion next, SubjectSet inCall, long nowNanos) {
        share.become(next, inCall, nowNanos);
    }

    /// What control should know of them.
    synchronized SessionShare.Need need(long nowNanos) {
        forgetLingering(nowNanos);
        return share.need(bySubject.keySet());
    }

    /// Control has heard of the need.
    synchronized void onAnswered() {
        share.onAnswered(bySubject.size());
    }

    /// Whether control should hear of the need at once.
    synchronized boolean isUrgent() {
        return share.isUrgent();
    }

    /// Ends all: the relay closes.
    synchronized void endAll(long nowNanos) {
        accrue(nowNanos);
        liveByIngress.clear();
        Instant now = log.time().now();
        bySubject.forEach((subject, session) -> log.listener().accept(session.record(app, subject, now, nowNanos)));
        bySubject.clear();
        isOver = true;
    }

    private void changeLive(Session session, int change, long nowNanos) {
        accrue(nowNanos);
        liveByIngress.merge(session.firstIngress(), change, Integer::sum);
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
            if (session.hasUntoldBytes(nowNanos)) {
                journal(subject, session, nowNanos);
            }
        });
    }

    private void journal(Subject subject, Session session, long nowNanos) {
        log.journal()
                .onLive(session.tellLive(log.journal(), app, subject, log.time().now(), nowNanos));
    }

    private void forgetLingering(long nowNanos) {
        sweptAtNanos = nowNanos;
        for (Iterator<Map.Entry<Subject, Session>> each = bySubject.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Subject, Session> next = each.next();
            Session session = next.getValue();
            if (session.hasLingered(nowNanos)) {
                each.remove();
                share.onOver(session.firstIngress());
                log.listener()
                        .accept(session.record(app, next.getKey(), log.time().now(), nowNanos));
            }
        }
    }
}
