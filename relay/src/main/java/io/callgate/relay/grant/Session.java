package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.LiveSession;
import io.callgate.model.SessionRecord;
import io.callgate.model.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One subject of one app while it has an allocation or tunnel, and 30 s after. Guarded by its [Sessions].
final class Session {
    private static final long LINGER_NANOS = 30_000_000_000L;

    /// How often the bytes of a session alone are news.
    private static final long BYTES_NANOS = 60_000_000_000L;

    private final Ingress firstIngress;
    private final long beganNanos;
    private final List<Grant> grants = new ArrayList<>(2); // for the journal
    private Instant credentialExpiresAt = Instant.MIN;
    private long number;
    private long journaledAtNanos;
    private long journaledBytes;
    private final Set<Ingress> ingresses = EnumSet.noneOf(Ingress.class);
    private final Set<IpAddress> clients = new LinkedHashSet<>(2);
    private final Set<Endpoint> reached = new HashSet<>(2);
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

    /// The way by which it began: usage is counted there.
    Ingress firstIngress() {
        return firstIngress;
    }

    /// In the journal; 0 until it is told there.
    long number() {
        return number;
    }

    /// @return whether the grant makes the session another than was told: by its ingress, by where it came in, or
    /// by
    ///     its credential
    boolean take(Grant grant) {
        Instant expiresAt = grant.identity().credentialExpiresAt();
        boolean isFirst = grants.isEmpty();
        boolean isLater = isFirst || expiresAt.isAfter(credentialExpiresAt);
        boolean isNews = isLater || grants.stream().noneMatch(known -> known.comesLike(grant));
        grants.add(grant);
        if (isLater) {
            credentialExpiresAt = expiresAt;
        }
        return isNews;
    }

    /// @return whether that was the last of those that were taken
    boolean giveBackLast(Grant grant) {
        return grants.remove(grant) && grants.isEmpty();
    }

    /// Why it may not have one more part.
    Optional<DropReason> refusal(Sessions.Part part, Limits limits) {
        return switch (part) {
            case ALLOCATION ->
                allocations >= limits.allocationsPerSubject()
                        ? Optional.of(DropReason.ALLOCATION_QUOTA)
                        : Optional.empty();
            case TUNNEL ->
                tunnels >= limits.tunnelsPerSubject() ? Optional.of(DropReason.TUNNEL_QUOTA) : Optional.empty();
        };
    }

    void onRefused(DropReason reason) {
        refusals.merge(reason, 1L, Long::sum);
    }

    boolean hasLingered(long nowNanos) {
        return isEmpty() && nowNanos - emptySinceNanos >= LINGER_NANOS;
    }

    boolean hasUntoldBytes(long nowNanos) {
        return !grants.isEmpty()
                && nowNanos - journaledAtNanos >= BYTES_NANOS
                && journaledBytes != bytesToPeer() + bytesToClient();
    }

    /// As control hears of it while it lives.
    LiveSession tellLive(SessionJournal journal, AppId app, Subject subject, Instant now, long nowNanos) {
        if (number == 0) {
            number = journal.nextNumber();
        }
        journaledAtNanos = nowNanos;
        journaledBytes = bytesToPeer() + bytesToClient();
        return new LiveSession(
                number,
                app,
                subject,
                ingresses.stream().map(Ingress::label).toList(),
                LiveSession.networkOf(clients.iterator().next()),
                reached,
                now.minusNanos(Math.max(0, nowNanos - beganNanos)),
                credentialExpiresAt.equals(Instant.MAX) ? Optional.empty() : Optional.of(credentialExpiresAt),
                bytesToPeer(),
                bytesToClient());
    }

    /// As it is remembered when it is over.
    SessionRecord record(AppId app, Subject subject, Instant now, long nowNanos) {
        long endedNanos = isEmpty() ? emptySinceNanos : nowNanos;
        // Clocks of two loops may differ by a batch: no session ends before it begins.
        long lastedNanos = Math.max(0, endedNanos - beganNanos);
        Instant ended = now.minusNanos(Math.max(0, nowNanos - endedNanos));
        Map<String, Long> labelled = new HashMap<>();
        refusals.forEach((reason, count) -> labelled.put(reason.label(), count));
        return new SessionRecord(
                app,
                subject,
                ingresses.stream().map(Ingress::label).toList(),
                List.copyOf(clients),
                ended.minusNanos(lastedNanos),
                ended,
                parts,
                used.packetsToPeer(),
                used.bytesToPeer(),
                used.packetsToClient(),
                used.bytesToClient(),
                end.label(),
                labelled);
    }

    private long bytesToPeer() {
        long bytes = used.bytesToPeer();
        for (Grant grant : grants) {
            bytes += grant.meter().bytesToPeer();
        }
        return bytes;
    }

    private long bytesToClient() {
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

    void add(Sessions.Entry entry) {
        parts++;
        ingresses.add(entry.ingress());
        if (clients.size() < SessionRecord.MOST_CLIENTS) {
            clients.add(entry.client());
        }
        if (reached.size() < LiveSession.MOST_REACHED) {
            reached.add(entry.reached());
        }
        count(entry.part(), 1);
    }

    void remove(Sessions.Part part, EndReason reason, Grants.Traffic more, long nowNanos) {
        count(part, -1);
        end = reason;
        used = used.plus(more);
        emptySinceNanos = nowNanos;
    }

    private void count(Sessions.Part part, int change) {
        switch (part) {
            case ALLOCATION -> allocations += change;
            case TUNNEL -> tunnels += change;
        }
    }

    boolean isEmpty() {
        return allocations == 0 && tunnels == 0;
    }
}
