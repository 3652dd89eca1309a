package io.callgate.relay.tunnel;

import io.callgate.model.IpAddress;
import io.callgate.relay.check.CheckPage;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.Grant;
import io.callgate.relay.grant.Identity;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.loop.RelayLoop;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// The live tunnels of one event loop, and the two protocols by which they are made. Confined to that loop.
public final class Tunnels {
    private static final int SWEEP_SECONDS = 60;

    private final RelayLoop loop;
    private final Apps apps;
    private final Authenticator authenticator;
    private final NameResolver names;
    private final TurnEntry turn;
    private final CheckPage checkPage;
    private final Set<Tunnel> live = new LinkedHashSet<>();
    private boolean sweepIsDue;

    /// @param turn where a CONNECT to an own listener goes on
    public Tunnels(RelayLoop loop, Apps apps, Authenticator authenticator, NameResolver names, TurnEntry turn) {
        this.loop = loop;
        this.apps = apps;
        this.authenticator = authenticator;
        this.names = names;
        this.turn = turn;
        this.checkPage = new CheckPage(apps, loop.time());
    }

    /// Serves SOCKS5 on a stream from its first byte on.
    ///
    /// @param onProved called once when the client holds a grant; until then it has a deadline
    public void serveSocks5(Channel client, Runnable onProved) {
        client.pipeline().addLast(new Socks5Ingress(this, onProved));
    }

    /// Serves HTTP/1.1 on a stream from its first byte on.
    ///
    /// @param onProved called once when the client holds a grant; until then it has a deadline
    public void serveHttp(Channel client, Runnable onProved) {
        client.pipeline().addLast(HttpIngress.newDecoder(), new HttpIngress(this, onProved));
    }

    /// Tunnels now, those that are being dialled included.
    public int count() {
        assert loop.eventLoop().inEventLoop();
        return live.size();
    }

    /// After a change of the desired state: closes what is given up, and what leads to where its app may no
    /// longer go.
    public void recheck(Predicate<Grant> isGivenUp) {
        assert loop.eventLoop().inEventLoop();
        for (Tunnel tunnel : List.copyOf(live)) {
            if (isGivenUp.test(tunnel.grant()) || !tunnel.isAllowed()) {
                tunnel.close();
            }
        }
    }

    public void closeAll() {
        assert loop.eventLoop().inEventLoop();
        new ArrayList<>(live).forEach(Tunnel::close);
    }

    RelayLoop loop() {
        return loop;
    }

    Authenticator authenticator() {
        return authenticator;
    }

    NameResolver names() {
        return names;
    }

    TurnEntry turn() {
        return turn;
    }

    String realm() {
        return apps.state().realm();
    }

    /// What answers requests that are not for a proxy.
    CheckPage checkPage() {
        return checkPage;
    }

    /// Empty if it has gone.
    static Optional<IpAddress> addressOf(Channel client) {
        return client.remoteAddress() instanceof InetSocketAddress remote
                ? Optional.of(IpAddress.of(remote.getAddress()))
                : Optional.empty();
    }

    /// The client's identity if an app trusts its network.
    Optional<Identity> trusted(Channel client) {
        return addressOf(client).flatMap(authenticator::trusted);
    }

    void add(Tunnel tunnel) {
        live.add(tunnel);
        sweepLater();
    }

    void remove(Tunnel tunnel) {
        if (live.remove(tunnel)) {
            loop.grants().close(tunnel.grant(), loop.readClock());
        }
    }

    /// One timer a loop, not one a tunnel, and none while there is no tunnel.
    private void sweepLater() {
        if (!sweepIsDue && !live.isEmpty()) {
            sweepIsDue = true;
            loop.eventLoop().schedule(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void sweep() {
        sweepIsDue = false;
        closeIdle(loop.readClock());
        sweepLater();
    }

    void closeIdle(long nowNanos) {
        for (Tunnel tunnel : List.copyOf(live)) {
            if (tunnel.isIdle(nowNanos)) {
                tunnel.close();
            }
        }
    }
}
