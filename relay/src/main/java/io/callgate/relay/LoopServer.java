package io.callgate.relay;

import io.callgate.model.AppId;
import io.callgate.model.Revocation;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Grants;
import io.callgate.relay.grant.LiveApp;
import io.callgate.relay.loop.LoopDirectory;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.net.UdpSocket;
import io.callgate.relay.turn.ListenerPoint;
import io.callgate.relay.turn.TurnContext;
import io.callgate.relay.turn.TurnServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All that one loop serves. Confined to the loop; others come in through [RelayCommands].
final class LoopServer {
    private static final Logger log = LoggerFactory.getLogger(LoopServer.class);

    private final RelayLoop loop;
    private final TurnServer turn;
    private final LoopDirectory directory;
    private final RelayCommands commands;
    private final Map<Integer, OpenUdp> udpById = new HashMap<>();

    private record OpenUdp(UdpListener listener, UdpSocket socket) {}

    /// What a loop has done and does.
    record Snapshot(Map<DropReason, Long> drops, Map<AppId, Grants.Traffic> traffic) {}

    LoopServer(RelayLoop loop, TurnContext context, LoopDirectory directory, RelayCommands commands) {
        this.loop = loop;
        this.turn = new TurnServer(loop, context);
        this.directory = directory;
        this.commands = commands;
    }

    RelayLoop loop() {
        return loop;
    }

    /// @return `point`
    /// @throws UncheckedIOException with the system's words if it cannot be had
    ListenerPoint open(ListenerPoint point) {
        InetSocketAddress local = new InetSocketAddress(point.address().toInetAddress(), point.port());
        try {
            switch (point.protocol()) {
                case UDP -> {
                    UdpListener listener = new UdpListener(point, loop, turn, directory, commands);
                    udpById.put(point.id(), new OpenUdp(listener, loop.net().bindShared(local, listener)));
                }
                case TCP -> {}
            }
            return point;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Stops listening there; clients that came in there are ended.
    void close(ListenerPoint point) {
        OpenUdp udp = udpById.remove(point.id());
        if (udp != null) {
            udp.socket().close();
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
    }

    /// A timer whose task throws is never run again, and nothing would ever end: so a fault is told and survived.
    void tick() {
        try {
            loop.readClock();
            turn.onTick();
        } catch (RuntimeException e) {
            log.atError().setCause(e).log("tick.failed");
        }
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
        udpById.values().forEach(open -> open.socket().close());
        udpById.clear();
    }
}
