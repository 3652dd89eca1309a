package io.callgate.relay;

import io.callgate.model.AppId;
import io.callgate.model.AppUsage;
import io.callgate.model.TimeSource;
import io.callgate.model.UsageReport;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Grants;
import io.callgate.relay.grant.Ingress;
import io.callgate.relay.grant.LiveApp;
import io.callgate.relay.turn.RelayPorts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/// What the whole relay does at a moment: each loop is asked once, and the answers are summed. Safe on every
/// thread.
final class Census {
    private final RelayCommands commands;
    private final Apps apps;
    private final RelayPorts ports;
    private final UUID epoch;
    private final TimeSource time;
    private final AtomicLong sequence = new AtomicLong();

    /// @param epoch of this run of the relay
    Census(RelayCommands commands, Apps apps, RelayPorts ports, UUID epoch, TimeSource time) {
        this.commands = commands;
        this.apps = apps;
        this.ports = ports;
        this.epoch = epoch;
        this.time = time;
    }

    CompletableFuture<RelaySnapshot> take(boolean isDraining) {
        return commands.askEach(LoopServer::snapshot).thenApply(loops -> sum(loops, isDraining));
    }

    private RelaySnapshot sum(List<LoopServer.Snapshot> loops, boolean isDraining) {
        Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
        Map<AppId, Grants.Traffic> traffic = new HashMap<>();
        Map<Ingress, RelaySnapshot.IngressTotals> ingresses = new EnumMap<>(Ingress.class);
        RelaySnapshot.SystemDrops systemDrops = RelaySnapshot.SystemDrops.NONE;
        long unproven = 0;
        for (LoopServer.Snapshot loop : loops) {
            loop.drops().forEach((reason, count) -> drops.merge(reason, count, Long::sum));
            loop.traffic().forEach((app, more) -> traffic.merge(app, more, Grants.Traffic::plus));
            loop.ingresses()
                    .forEach((ingress, more) -> ingresses.merge(ingress, more, RelaySnapshot.IngressTotals::plus));
            systemDrops = systemDrops.plus(loop.systemDrops());
            unproven += loop.unprovenConnections();
        }
        Grants.Traffic total = traffic.values().stream().reduce(Grants.Traffic.NONE, Grants.Traffic::plus);
        Map<AppId, LiveApp> inForce = apps.all();
        Map<AppId, Integer> limits = new LinkedHashMap<>();
        inForce.forEach((id, app) -> limits.put(id, app.state().limits().sessions()));
        List<AppUsage> usage = usage(inForce, traffic);
        Map<String, Long> labelledDrops = new TreeMap<>();
        drops.forEach((reason, count) -> labelledDrops.put(reason.label(), count));
        Map<String, RelaySnapshot.IngressTotals> labelledIngresses = new LinkedHashMap<>();
        ingresses.forEach((ingress, totals) -> labelledIngresses.put(ingress.label(), totals));
        return new RelaySnapshot(
                apps.state().version(),
                isDraining,
                usage.stream().mapToLong(AppUsage::sessions).sum(),
                apps.liveSessions(),
                limits,
                total.allocations(),
                total.tunnels(),
                ports.takenPorts(),
                ports.offeredPorts(),
                ports.fullest(),
                unproven,
                labelledDrops,
                systemDrops,
                labelledIngresses,
                loops.stream().map(LoopServer.Snapshot::delay).toList(),
                directBufferBytes(),
                apps.state()
                        .tls()
                        .map(identity -> identity.certificate().getNotAfter().toInstant()),
                new UsageReport(epoch.toString(), sequence.incrementAndGet(), time.now(), usage));
    }

    /// By app, those that were removed too, with what they used.
    private List<AppUsage> usage(Map<AppId, LiveApp> inForce, Map<AppId, Grants.Traffic> traffic) {
        long now = time.nanos();
        Set<AppId> ids = new LinkedHashSet<>(inForce.keySet());
        ids.addAll(traffic.keySet());
        List<AppUsage> usage = new ArrayList<>();
        for (AppId id : ids) {
            Grants.Traffic of = traffic.getOrDefault(id, Grants.Traffic.NONE);
            usage.add(new AppUsage(
                    id,
                    apps.sessions(id, now),
                    of.allocations(),
                    of.tunnels(),
                    of.packetsToPeer(),
                    of.bytesToPeer(),
                    of.packetsToClient(),
                    of.bytesToClient()));
        }
        return usage;
    }

    private static long directBufferBytes() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider known
                ? known.metric().usedDirectMemory()
                : 0;
    }
}
