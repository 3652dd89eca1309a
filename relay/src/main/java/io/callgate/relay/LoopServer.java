package io.callgate.relay;

import io.callgate.model.AppId;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.EndReason;
import io.callgate.relay.grant.Grant;
import io.callgate.relay.grant.Grants;
import io.callgate.relay.grant.Ingress;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.loop.LoopDirectory;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.net.UdpSocket;
import io.callgate.relay.passage.Passage;
import io.callgate.relay.tls.RecentHandshakes;
import io.callgate.relay.tls.TlsContext;
import io.callgate.relay.tls.TlsIngress;
import io.callgate.relay.turn.ListenerPoint;
import io.callgate.relay.turn.TurnContext;
import io.callgate.relay.turn.TurnServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All that one loop serves. Confined to the loop; others come in through [RelayCommands].
final class LoopServer {
    private static final Logger log = LoggerFactory.getLogger(LoopServer.class);

    private final RelayLoop loop;
    private final TurnServer turn;
    private final LoopDirectory directory;
    private final RelayCommands commands;
    private final Streams streams;
    private final LoopDelay delay;
    private final Map<Integer, OpenUdp> udpById = new HashMap<>();
    private final Map<Integer, TcpListener> tcpById = new HashMap<>();

    private record OpenUdp(UdpListener listener, UdpSocket socket) {}

    /// What a loop has done and does.
    record Snapshot(
            Map<DropReason, Long> drops,
            Map<AppId, Grants.Traffic> traffic,
            Map<Ingress, RelaySnapshot.IngressTotals> ingresses,
            RelaySnapshot.SystemDrops systemDrops,
            int unprovenConnections,
            Duration delay) {}

    LoopServer(
            RelayLoop loop,
            Apps apps,
            Authenticator authenticator,
            NameResolver names,
            TurnContext context,
            RecentHandshakes recentHandshakes,
            LoopDirectory directory,
            RelayCommands commands,
            Optional<Passage> passage) {
        this.loop = loop;
        this.delay = new LoopDelay(Relay.TICK_MILLIS, loop.nowNanos());
        this.turn = new TurnServer(loop, context);
        this.streams = new Streams(
                loop,
                apps,
                authenticator,
                names,
                TurnStreams.to(turn),
                new TlsIngress(loop, recentHandshakes),
                passage,
                StreamLimits.DEFAULT);
        this.directory = directory;
        this.commands = commands;
    }

    RelayLoop loop() {
        return loop;
    }

    /// Begins to listen.
    ///
    /// @param isBehindBalancer whether TCP connections there begin with a PROXY header
    /// @return completes when it does, or with the system's words if it cannot
    CompletableFuture<Void> open(ListenerPoint point, boolean isBehindBalancer) {
        return switch (point.protocol()) {
            case UDP -> openUdp(point);
            case TCP -> openTcp(point, isBehindBalancer);
        };
    }

    private CompletableFuture<Void> openUdp(ListenerPoint point) {
        UdpListener listener = new UdpListener(point, loop, turn, directory, commands);
        InetSocketAddress local = new InetSocketAddress(point.address().toInetAddress(), point.port());
        try {
            udpById.put(point.id(), new OpenUdp(listener, loop.net().bindShared(local, listener)));
            return CompletableFuture.completedFuture(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Void> openTcp(ListenerPoint point, boolean isBehindBalancer) {
        TcpListener listener = new TcpListener(streams, point, loop.io().sharesPorts());
        listener.expectProxyHeader(isBehindBalancer);
        tcpById.put(point.id(), listener);
        CompletableFuture<Void> opened = new CompletableFuture<>();
        listener.bind(point.address(), point.port()).addListener(bound -> {
            if (bound.isSuccess()) {
                opened.complete(null);
            } else {
                opened.completeExceptionally(bound.cause());
            }
        });
        return opened;
    }

    /// What TLS clients see from now on.
    void useTls(Optional<TlsContext> context) {
        streams.tls().use(context);
    }

    /// The file has said anew whether a load balancer stands before a listener; nothing if it is on other loops.
    void expectProxyHeader(ListenerPoint point, boolean isExpected) {
        TcpListener tcp = tcpById.get(point.id());
        if (tcp != null) {
            tcp.expectProxyHeader(isExpected);
        }
    }

    /// Stops listening there; clients that came in there are ended.
    void close(ListenerPoint point) {
        OpenUdp udp = udpById.remove(point.id());
        if (udp != null) {
            loop.systemDrops().ofListener(udp.socket());
            udp.socket().close();
        }
        TcpListener tcp = tcpById.remove(point.id());
        if (tcp != null) {
            tcp.close();
        }
        turn.endOf(point);
    }

    void takeForeign(ListenerPoint point, byte[] packet, long high, long low, int port, int fields) {
        OpenUdp udp = udpById.get(point.id());
        if (udp != null) {
            udp.listener().takeForeign(udp.socket(), packet, high, low, port, fields);
        }
    }

    /// Holds what lives against a state that has just come into force.
    ///
    /// @param isGivenUp what the new state has no room for, wherever it leads
    void recheck(Predicate<Grant> isGivenUp) {
        loop.readClock();
        turn.endIf(isGivenUp, EndReason.REVOKED);
        turn.recheckDestinations();
        streams.tunnels().recheck(isGivenUp);
    }

    /// A timer whose task throws is never run again, and nothing would ever end: so a fault is told and survived.
    void tick() {
        try {
            delay.onTick(loop.readClock());
            turn.onTick();
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("tick.failed");
        }
    }

    void setDraining(boolean isDraining) {
        loop.grants().setDraining(isDraining);
        if (isDraining) {
            streams.tunnels().drain();
        }
    }

    boolean isIdle() {
        return loop.grants().isEmpty();
    }

    Snapshot snapshot() {
        udpById.values().forEach(open -> loop.systemDrops().ofListener(open.socket()));
        Map<Ingress, RelaySnapshot.IngressTotals> ingresses = new EnumMap<>(Ingress.class);
        loop.grants()
                .trafficByIngress()
                .forEach((ingress, of) -> ingresses.put(
                        ingress,
                        new RelaySnapshot.IngressTotals(
                                of.allocations() + of.tunnels(),
                                loop.grants().admissions(ingress),
                                of.packetsToPeer(),
                                of.bytesToPeer(),
                                of.packetsToClient(),
                                of.bytesToClient())));
        return new Snapshot(
                loop.drops().totals(),
                loop.grants().traffic(),
                ingresses,
                new RelaySnapshot.SystemDrops(
                        loop.systemDrops().onListeners(), loop.systemDrops().onRelayedAddresses()),
                streams.unproven().count(),
                Duration.ofNanos(delay.worstNanos()));
    }

    void closeAll() {
        loop.readClock();
        turn.endAll();
        streams.tunnels().closeAll();
        udpById.values().forEach(open -> open.socket().close());
        udpById.clear();
        tcpById.values().forEach(TcpListener::close);
        tcpById.clear();
    }
}
