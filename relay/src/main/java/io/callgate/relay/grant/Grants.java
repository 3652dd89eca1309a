package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.IpAddress;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens, counts and closes the grants of one event loop. Confined to it.
public final class Grants {
    private static final Logger log = LoggerFactory.getLogger(Grants.class);

    /// What an operator may want to raise.
    private static final Set<DropReason> LIMITS = EnumSet.of(
            DropReason.SESSION_QUOTA, DropReason.ALLOCATION_QUOTA, DropReason.TUNNEL_QUOTA, DropReason.NO_PORTS);

    private final Set<Grant> live = new LinkedHashSet<>();
    private final Map<LiveApp, Desk> desks = new HashMap<>();
    private final Map<AppId, Traffic> closedTraffic = new HashMap<>();
    private final Map<Ingress, Traffic> closedByIngress = new EnumMap<>(Ingress.class);
    private final Map<Ingress, Long> admissions = new EnumMap<>(Ingress.class);
    private boolean draining;

    /// What the grants of one app share on this loop.
    private record Desk(Meter.RateShare share, Map<Ingress, Tally> tallies) {
        static Desk of(LiveApp app) {
            return new Desk(new Meter.RateShare(app.rate(), app.allotment()), new EnumMap<>(Ingress.class));
        }

        Meter meter(LiveApp app, Ingress ingress) {
            return new Meter(share, tallies.computeIfAbsent(ingress, app::newTally));
        }
    }

    /// What came of asking for a grant.
    public sealed interface Opening {
        record Granted(Grant grant) implements Opening {}

        record Refused(DropReason reason) implements Opening {
            public enum Kind {
                DRAINING,
                /// The client was let in when it proved itself, and is not any more.
                UNWELCOME,
                LIMIT
            }

            public Kind kind() {
                return switch (reason) {
                    case DRAINING -> Kind.DRAINING;
                    case UNKNOWN_APP, REVOKED, CREDENTIAL_EXPIRED -> Kind.UNWELCOME;
                    default -> Kind.LIMIT;
                };
            }
        }
    }

    /// Traffic of one app, or by one ingress, on this loop since the relay started.
    ///
    /// @param allocations live now
    /// @param tunnels live now
    public record Traffic(
            long allocations,
            long tunnels,
            long packetsToPeer,
            long bytesToPeer,
            long packetsToClient,
            long bytesToClient) {
        public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0);

        public Traffic plus(Traffic other) {
            return new Traffic(
                    allocations + other.allocations,
                    tunnels + other.tunnels,
                    packetsToPeer + other.packetsToPeer,
                    bytesToPeer + other.bytesToPeer,
                    packetsToClient + other.packetsToClient,
                    bytesToClient + other.bytesToClient);
        }

        static Traffic of(Grant grant, boolean isLive) {
            Meter meter = grant.meter();
            return new Traffic(
                    isLive && grant.part() == Sessions.Part.ALLOCATION ? 1 : 0,
                    isLive && grant.part() == Sessions.Part.TUNNEL ? 1 : 0,
                    meter.packetsToPeer(),
                    meter.bytesToPeer(),
                    meter.packetsToClient(),
                    meter.bytesToClient());
        }
    }

    /// Takes one part of a session for a client that has proved itself, within the limits of its app.
    public Opening open(Identity identity, Sessions.Entry entry, long nowNanos) {
        LiveApp app = identity.app();
        Optional<DropReason> refusal = app.refusalOf(identity, nowNanos);
        if (refusal.isEmpty()) {
            refusal = app.sessions().open(identity.subject(), entry, app.state().limits(), !draining, nowNanos);
        }
        if (refusal.isPresent()) {
            refused(identity, entry.ingress(), entry.client(), refusal.get(), nowNanos);
            return new Opening.Refused(refusal.get());
        }
        if (!desks.containsKey(app)) {
            desks.keySet().removeIf(LiveApp::isRetired);
        }
        Meter meter = desks.computeIfAbsent(app, Desk::of).meter(app, entry.ingress());
        Grant grant = new Grant(identity, entry, meter);
        live.add(grant);
        app.sessions().onOpened(grant);
        admissions.merge(entry.ingress(), 1L, Long::sum);
        return new Opening.Granted(grant);
    }

    /// A client that has proved itself was refused something that one request asked for: a matter for its session
    /// record, and for the log if it is a limit. Never called per packet.
    public void refused(Identity identity, Ingress ingress, IpAddress client, DropReason reason, long nowNanos) {
        boolean isTimeToTell = identity.app().sessions().refused(identity.subject(), ingress, client, reason, nowNanos);
        if (isTimeToTell && LIMITS.contains(reason) && identity.app().allotment() == null) {
            log.atWarn()
                    .addKeyValue("app", identity.app().id())
                    .addKeyValue("reason", reason.label())
                    .addKeyValue("text", reason.text())
                    .log("quota.reached");
        }
    }

    /// The same for a client that holds a grant.
    public void refused(Grant grant, DropReason reason, long nowNanos) {
        refused(grant.identity(), grant.ingress(), grant.entry().client(), reason, nowNanos);
    }

    /// Gives the part back. Its traffic stays counted. Idempotent.
    public void close(Grant grant, long nowNanos) {
        if (!live.remove(grant)) {
            return;
        }
        Traffic used = Traffic.of(grant, false);
        grant.app().sessions().close(grant, used, nowNanos);
        closedTraffic.merge(grant.app().id(), used, Traffic::plus);
        closedByIngress.merge(grant.ingress(), used, Traffic::plus);
    }

    /// While it drains [#open] starts no new session ([DropReason#DRAINING]); a subject with a live one may go on
    /// as before, for a call that reconnects is an old one.
    public void setDraining(boolean now) {
        draining = now;
    }

    public boolean isDraining() {
        return draining;
    }

    public boolean isEmpty() {
        return live.isEmpty();
    }

    public Map<AppId, Traffic> traffic() {
        Map<AppId, Traffic> totals = new HashMap<>(closedTraffic);
        for (Grant grant : live) {
            totals.merge(grant.app().id(), Traffic.of(grant, true), Traffic::plus);
        }
        return totals;
    }

    /// The same by ingress; every ingress is there.
    public Map<Ingress, Traffic> trafficByIngress() {
        Map<Ingress, Traffic> totals = new EnumMap<>(Ingress.class);
        for (Ingress ingress : Ingress.values()) {
            totals.put(ingress, closedByIngress.getOrDefault(ingress, Traffic.NONE));
        }
        for (Grant grant : live) {
            totals.merge(grant.ingress(), Traffic.of(grant, true), Traffic::plus);
        }
        return totals;
    }

    /// How many grants were opened by an ingress since the relay started.
    public long admissions(Ingress ingress) {
        return admissions.getOrDefault(ingress, 0L);
    }
}
