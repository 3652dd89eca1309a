package io.callgate.relay;

import io.callgate.model.AppId;
import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;
import io.callgate.model.Revocation;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Grants;
import io.callgate.relay.grant.LiveApp;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.loop.LoopDirectory;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.net.UdpSocket;
import io.callgate.relay.turn.ListenerPoint;
import io.callgate.relay.turn.TurnContext;
import io.callgate.relay.turn.TurnServer;
import io.callgate.relay.turn.TurnStream;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// All that one loop serves. Confined to the loop; others come in through [RelayCommands].
final class LoopServer {
    private final RelayLoop loop;
    private final TurnServer turn;
    private final LoopDirectory directory;
    private final RelayCommands commands;
    private final Streams streams;
    private final Map<Integer, OpenUdp> udpById = new HashMap<>();
    private final Map<BoundListener, OpenTcp> tcp = new HashMap<>();

    private record OpenUdp(UdpListener listener, UdpSocket socket) {}

    private record OpenTcp(ListenerPoint point, TcpListener listener) {}

    /// What a loop has done and does.
    record Snapshot(Map<DropReason, Long> drops, Map<AppId, Grants.Traffic> traffic) {}

    LoopServer(
            RelayLoop loop,
            Apps apps,
            Authenticator authenticator,
            NameResolver names,
            TurnContext context,
            LoopDirectory directory,
            RelayCommands commands) {
        this.loop = loop;
        this.turn = new TurnServer(loop, context);
        this.streams = new Streams(loop, apps, authenticator, names, this::enterTurn, StreamLimits.DEFAULT);
        this.directory = directory;
        this.commands = commands;
    }

    RelayLoop loop() {
        return loop;
    }

    /// Begins to listen.
    ///
    /// @return completes when it does, or with the system's words if it cannot
    CompletableFuture<Void> open(ListenerPoint point) {
        return switch (point.protocol()) {
            case UDP -> openUdp(point);
            case TCP -> openTcp(point);
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

    private CompletableFuture<Void> openTcp(ListenerPoint point) {
        TcpListener listener = new TcpListener(streams, loop.io().sharesPorts());
        tcp.put(new BoundListener(point.address(), point.port(), point.protocol()), new OpenTcp(point, listener));
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

    /// A stream that has shown itself to be TURN; known by the address at which it came in.
    private void enterTurn(Channel client, Runnable onProved) {
        InetSocketAddress local = (InetSocketAddress) client.localAddress();
        OpenTcp open =
                tcp.get(new BoundListener(IpAddress.of(local.getAddress()), local.getPort(), Protocol.TCP));
        if (open == null) {
            client.close(); // its listener has been closed since
        } else {
            client.pipeline().addLast(new TurnStream(turn, open.point(), client, onProved));
        }
    }

    /// Stops listening there; clients that came in there are ended.
    void close(ListenerPoint point) {
        OpenUdp udp = udpById.remove(point.id());
        if (udp != null) {
            udp.socket().close();
        }
        OpenTcp stream = tcp.remove(new BoundListener(point.address(), point.port(), point.protocol()));
        if (stream != null) {
            stream.listener().close();
        }
        turn.endOf(point);
    }

    void takeForeign(ListenerPoint point, byte[] packet, long high, long low, int port) {
        OpenUdp udp = udpById.get(point.id());
        if (udp != null) {
            udp.listener().takeForeign(udp.socket(), packet, high, low, port);
        }
    }

    /// Holds what lives against a state that has just come into force.
    ///
    /// @param gone apps that the new state does not have
    void recheck(List<Revocation> revocations, Set<LiveApp> gone) {
        loop.readClock();
        turn.endIf(grant -> gone.contains(grant.app()) || grant.isRevoked(revocations), "revoked");
        turn.recheckDestinations();
        streams.tunnels().recheck();
    }

    void tick() {
        loop.readClock();
        turn.onTick();
    }

    void drain() {
        loop.grants().drain();
    }

    boolean isIdle() {
        return loop.grants().isEmpty();
    }

    Snapshot snapshot() {
        return new Snapshot(loop.drops().totals(), loop.grants().traffic());
    }

    void closeAll() {
        loop.readClock();
        turn.endAll();
        streams.tunnels().closeAll();
        udpById.values().forEach(open -> open.socket().close());
        udpById.clear();
        tcp.values().forEach(open -> open.listener().close());
        tcp.clear();
    }
}
