package io.callgate.relay;

import io.callgate.relay.check.CheckPage;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.loop.ClientAddress;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.passage.Passage;
import io.callgate.relay.tls.TlsIngress;
import io.callgate.relay.tunnel.Tunnels;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import java.util.Optional;

/// All of TCP on one loop: what an accepted connection may become, and the limits for those that have not become
/// anything yet. Confined to that loop.
final class Streams {
    private final RelayLoop loop;
    private final StreamLimits limits;
    private final TurnStreams turn;
    private final TlsIngress tls;
    private final Tunnels tunnels;
    private final UnprovenClients unproven;

    Streams(
            RelayLoop loop,
            Apps apps,
            Authenticator authenticator,
            NameResolver names,
            TurnStreams turn,
            TlsIngress tls,
            Optional<Passage> passage,
            StreamLimits limits) {
        this.loop = loop;
        this.limits = limits;
        this.turn = turn;
        this.tls = tls;
        CheckPage checkPage = new CheckPage(apps, tls.recent(), loop.time());
        this.tunnels = new Tunnels(loop, apps, authenticator, names, this::reEnter, checkPage, passage);
        this.unproven = new UnprovenClients(loop, limits);
    }

    RelayLoop loop() {
        return loop;
    }

    TlsIngress tls() {
        return tls;
    }

    Tunnels tunnels() {
        return tunnels;
    }

    UnprovenClients unproven() {
        return unproven;
    }

    /// Takes a connection in, or closes it.
    ///
    /// @param client accepted, not registered with a loop yet
    /// @param accepted what came in by the same listener; this one joins it
    /// @param isAnnounced whether a load balancer says by PROXY protocol where the client is
    void accept(Channel client, ChannelGroup accepted, boolean isAnnounced) {
        Optional<ClientAddress> socket = ClientAddress.ofSocket(client);
        Optional<UnprovenClients.Place> admitted =
                socket.isPresent() ? unproven.admit(client) : Optional.empty(); // else gone before it was accepted
        if (admitted.isEmpty()) {
            client.unsafe().closeForcibly();
            return;
        }
        UnprovenClients.Place place = admitted.get();
        ClientAddress other = socket.get();
        if (isAnnounced) {
            ProxyHeader.expect(client, loop, limits.firstBytes(), announced -> {
                if (!enter(client, announced.orElse(other), place)) {
                    client.close();
                }
            });
        } else if (!enter(client, other, place)) {
            place.giveBack();
            client.unsafe().closeForcibly();
            return;
        }
        client.config().setOption(ChannelOption.TCP_NODELAY, true);
        loop.eventLoop().register(client).addListener(registered -> {
            if (registered.isSuccess()) {
                place.begin();
                accepted.add(client);
            } else {
                place.giveBack();
                client.unsafe().closeForcibly();
            }
        });
    }

    /// It is known where the client is: the next bytes say what it wants.
    ///
    /// @return false if too many come from there
    private boolean enter(Channel client, ClientAddress address, UnprovenClients.Place place) {
        address.attachTo(client);
        if (!place.comesFrom(address.address())) {
            return false;
        }
        client.pipeline()
                .addLast(StreamDemux.ofEveryProtocol(loop, limits.firstBytes(), tunnels, turn, tls, place::giveBack));
        return true;
    }

    private void reEnter(Channel client) {
        client.pipeline()
                .addLast(StreamDemux.ofTurnOnly(loop, limits.firstBytes(), turn, tls, unproven.timeLimit(client)));
    }
}
