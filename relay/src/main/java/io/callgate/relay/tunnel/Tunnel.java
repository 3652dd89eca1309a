package io.callgate.relay.tunnel;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.EndReason;
import io.callgate.relay.grant.Grant;
import io.callgate.relay.loop.RelayLoop;
import io.netty.channel.Channel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client's way to one destination, from the grant on: first being dialled, then two directions of bytes. A
/// CONNECT to an own listener is one without a target. Holds its grant until both channels are closed.
final class Tunnel {
    private static final long IDLE_NANOS = TimeUnit.HOURS.toNanos(1);
    /// One side has closed and the other does not take the rest.
    private static final long IDLE_REST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Tunnels tunnels;
    private final RelayLoop loop;
    private final Grant grant;
    private final Channel client;
    private final Destination destination;
    private List<IpAddress> addresses;
    private @Nullable Channel target;
    private long lastBytesNanos;
    private int directionsEnded;

    /// @param addresses those that the policy has passed; one of them is dialled
    Tunnel(Tunnels tunnels, Grant grant, Channel client, Destination destination, List<IpAddress> addresses) {
        this.tunnels = tunnels;
        this.loop = tunnels.loop();
        this.grant = grant;
        this.client = client;
        this.destination = destination;
        this.addresses = addresses;
        this.lastBytesNanos = loop.readClock();
        tunnels.add(this);
        client.closeFuture().addListener(closed -> onChannelClosed());
    }

    Grant grant() {
        return grant;
    }

    void connected(Channel connected, IpAddress address) {
        target = connected;
        addresses = List.of(address);
        connected.closeFuture().addListener(closed -> onChannelClosed());
    }

    /// Lets bytes flow both ways. The client's ingress leaves its pipeline after this, and so hands over what the
    /// client has sent ahead.
    void splice() {
        Channel peer = target;
        if (peer == null) {
            throw new IllegalStateException("a tunnel without a target has nothing to splice");
        }
        Splice toPeer = new Splice(this, client, peer, true);
        Splice toClient = new Splice(this, peer, client, false);
        client.pipeline().addLast(toPeer);
        peer.pipeline().addLast(toClient);
        toPeer.meet(toClient);
        toClient.meet(toPeer);
    }

    /// Whether its app may still go there. An own listener is not asked for again: TURN behind it has its own
    /// rules.
    boolean isAllowed() {
        for (IpAddress address : addresses) {
            DropReason refusal = destination.refusalOf(grant.policy(), address);
            if (refusal != null && refusal != DropReason.PROXY_LOOP) {
                return false;
            }
        }
        return true;
    }

    boolean isIdle(long nowNanos) {
        if (target == null) {
            return false; // being dialled, with a deadline of its own; or TURN, whose allocations expire
        }
        boolean isRest = !client.isActive() || !target.isActive();
        return nowNanos - lastBytesNanos > (isRest ? IDLE_REST_NANOS : IDLE_NANOS);
    }

    /// Counts bytes and holds them to the app's rate.
    ///
    /// @return false if they have to wait
    boolean pass(boolean isTowardsPeer, int bytes) {
        long nowNanos = loop.readClock();
        lastBytesNanos = nowNanos;
        DropReason refusal = isTowardsPeer
                ? grant.meter().toPeer(bytes, nowNanos)
                : grant.meter().toClient(bytes, nowNanos);
        return refusal == null;
    }

    /// Everything of one direction has arrived, its FIN too.
    void onDirectionEnded() {
        directionsEnded++;
        if (directionsEnded >= 2) {
            close(EndReason.CLIENT_LEFT);
        }
    }

    void close(EndReason why) {
        grant.endsBecause(why);
        client.close();
        if (target != null) {
            target.close();
        }
    }

    private void onChannelClosed() {
        if (!client.isOpen() && (target == null || !target.isOpen())) {
            tunnels.remove(this);
        }
    }
}
