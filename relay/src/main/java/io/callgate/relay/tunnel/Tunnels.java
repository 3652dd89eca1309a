package io.callgate.relay.tunnel;

import io.callgate.model.RelayCredential;
import io.callgate.relay.check.CheckPage;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.EndReason;
import io.callgate.relay.grant.Grant;
import io.callgate.relay.grant.Identity;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.loop.ClientAddress;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.passage.Passage;
import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The live tunnels of one event loop, and the protocols by which they are made. Confined to that loop.
public final class Tunnels {
    private static final String BASIC = "Basic ";
    private static final String BEARER = "Bearer ";
    private static final int SWEEP_SECONDS = 60;

    private final RelayLoop loop;
    private final Apps apps;
    private final Authenticator authenticator;
    private final NameResolver names;
    private final TurnEntry turn;
    private final CheckPage checkPage;
    private final Optional<Passage> passage;
    private final Set<Tunnel> live = new LinkedHashSet<>();
    private final Set<Http2Ingress> connections = new LinkedHashSet<>();
    private boolean sweepIsDue;

    /// @param turn where a CONNECT to an own listener goes on
    /// @param checkPage answers what is asked of the relay itself
    /// @param passage takes what is for control; empty: that is for nobody
    public Tunnels(
            RelayLoop loop,
            Apps apps,
            Authenticator authenticator,
            NameResolver names,
            TurnEntry turn,
            CheckPage checkPage,
            Optional<Passage> passage) {
        this.loop = loop;
        this.apps = apps;
        this.authenticator = authenticator;
        this.names = names;
        this.turn = turn;
        this.checkPage = checkPage;
        this.passage = passage;
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

    /// Serves HTTP/2 on a stream from the first byte of its preface on: several tunnels, each with its own grant.
    ///
    /// @param onProved called once when the client holds its first grant; until then it has a deadline
    public void serveHttp2(Channel client, Runnable onProved) {
        Http2Ingress.begin(this, client, onProved);
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
            if (isGivenUp.test(tunnel.grant())) {
                tunnel.close(EndReason.REVOKED);
            } else if (!tunnel.isAllowed()) {
                tunnel.close(EndReason.FORBIDDEN);
            }
        }
    }

    public void closeAll() {
        assert loop.eventLoop().inEventLoop();
        new ArrayList<>(live).forEach(tunnel -> tunnel.close(EndReason.RELAY_CLOSED));
    }

    /// Sends clients with connections of many tunnels elsewhere for the next one; those that live go on.
    public void drain() {
        assert loop.eventLoop().inEventLoop();
        List.copyOf(connections).forEach(Http2Ingress::goAway);
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

    /// What answers requests that are for the relay itself.
    CheckPage checkPage() {
        return checkPage;
    }

    /// What takes requests that are for control.
    Optional<Passage> passage() {
        return passage;
    }

    /// The client's identity if an app trusts its network.
    Optional<Identity> trusted(Channel client) {
        return authenticator.trusted(ClientAddress.of(client).address());
    }

    /// Who an HTTP client is. A credential says more than a network, so one that is given counts.
    ///
    /// @param proxyAuthorization the field's value; null if there is none
    Authenticator.Verdict verdict(Channel client, @Nullable CharSequence proxyAuthorization) {
        if (proxyAuthorization == null) {
            Optional<Identity> trusted = trusted(client);
            return trusted.isPresent()
                    ? new Authenticator.Verdict.Proved(trusted.get())
                    : new Authenticator.Verdict.Refused(DropReason.NO_CREDENTIAL);
        }
        String given = proxyAuthorization.toString();
        try {
            if (isOf(BASIC, given)) {
                byte[] decoded = Base64.getDecoder()
                        .decode(given.substring(BASIC.length()).trim());
                return authenticator.verifyPair(new String(decoded, StandardCharsets.UTF_8));
            }
            if (isOf(BEARER, given)) { // the id of a lease, which has its credential in it (decision 0146)
                return authenticator.verifyPair(
                        RelayCredential.pairIn(given.substring(BEARER.length()).trim()));
            }
        } catch (IllegalArgumentException notBase64) {
            return new Authenticator.Verdict.Refused(DropReason.CREDENTIAL_MALFORMED);
        }
        return new Authenticator.Verdict.Refused(DropReason.NO_CREDENTIAL);
    }

    private static boolean isOf(String scheme, String given) {
        return given.regionMatches(true, 0, scheme, 0, scheme.length());
    }

    void add(Http2Ingress connection) {
        connections.add(connection);
        sweepLater();
    }

    void remove(Http2Ingress connection) {
        connections.remove(connection);
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
        if (!sweepIsDue && !(live.isEmpty() && connections.isEmpty())) {
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
                tunnel.close(EndReason.EXPIRED);
            }
        }
        for (Http2Ingress connection : List.copyOf(connections)) {
            connection.closeIfIdle(nowNanos);
        }
    }
}
