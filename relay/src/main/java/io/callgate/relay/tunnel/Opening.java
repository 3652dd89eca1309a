package io.callgate.relay.tunnel;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.EndReason;
import io.callgate.relay.grant.Grant;
import io.callgate.relay.grant.Grants;
import io.callgate.relay.grant.Identity;
import io.callgate.relay.grant.Ingress;
import io.callgate.relay.grant.LookupRefused;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.grant.Sessions;
import io.callgate.relay.loop.ClientAddress;
import io.callgate.relay.loop.Halves;
import io.callgate.relay.loop.RelayLoop;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One request for a tunnel, from the name to the answer: resolve, judge every address, take a grant, dial one
/// of the very addresses that were judged. On the client's loop; nothing is read from the client meanwhile.
final class Opening {
    /// For the name and the dialling together.
    static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final int MOST_ADDRESSES_DIALLED = 8;
    private static final long SHORTEST_DIAL_MILLIS = 1_000;

    private final Tunnels tunnels;
    private final RelayLoop loop;
    private final Channel client;
    private final Identity identity;
    private final Ingress ingress;
    private final Destination destination;
    private final Answer answer;
    private @Nullable Tunnel tunnel;
    private @Nullable ChannelFuture dialling;
    private Refusal.@Nullable Kind firstFailure;
    private @Nullable Future<?> deadline;
    private boolean isOver;

    /// What came of it; exactly one of the last three is called, unless the client leaves first.
    interface Answer {
        /// The client holds a grant, so its app's limits count it from now on.
        void onGranted();

        /// Tell the client, then [Tunnel#splice].
        ///
        /// @param local where the relay dialled from
        void onConnected(Tunnel tunnel, InetSocketAddress local);

        /// The destination is a listener of this relay: tell the client, then hand it to [TurnEntry].
        void onOwnListener(Endpoint listener);

        /// Counted already.
        void onRefused(Refusal refusal);
    }

    private Opening(
            Tunnels tunnels,
            Channel client,
            Identity identity,
            Ingress ingress,
            Destination destination,
            Answer answer) {
        this.tunnels = tunnels;
        this.loop = tunnels.loop();
        this.client = client;
        this.identity = identity;
        this.ingress = ingress;
        this.destination = destination;
        this.answer = answer;
    }

    static void begin(
            Tunnels tunnels,
            Channel client,
            Identity identity,
            Ingress ingress,
            Destination destination,
            Answer answer) {
        new Opening(tunnels, client, identity, ingress, destination, answer).begin();
    }

    private void begin() {
        client.config().setAutoRead(false);
        // A client may send all it has to say, and its FIN, behind the request.
        Halves.of(client).outliveInput(true);
        if (destination instanceof Destination.Literal literal) {
            judge(List.of(literal.address()));
        } else if (destination instanceof Destination.Named named) {
            tunnels.names()
                    .resolve(
                            named.host().value(),
                            new NameResolver.Asker.Client(identity.app().id(), identity.subject()))
                    .whenComplete((answered, failure) -> loop.eventLoop().execute(() -> onResolved(answered, failure)));
        }
        if (!isOver) {
            deadline = loop.eventLoop().schedule(this::onDeadline, DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            client.closeFuture().addListener(closed -> end());
        }
    }

    private void onResolved(NameResolver.@Nullable Resolved answered, @Nullable Throwable failure) {
        if (isOver) {
            return;
        }
        if (answered == null) {
            refuse(unresolved(failure instanceof CompletionException wrapped ? wrapped.getCause() : failure));
        } else {
            judge(answered.addresses());
        }
    }

    private static Refusal unresolved(@Nullable Throwable cause) {
        if (cause instanceof LookupRefused refused) {
            return Refusal.of(refused);
        }
        String text = cause instanceof UnknownHostException unknown ? unknown.getMessage() : null;
        return Refusal.unresolved(text == null ? DropReason.NAME_NOT_RESOLVED.text() : text);
    }

    /// Any bad address refuses: a name that leads to both a good and a bad one is an attempt.
    private void judge(List<IpAddress> addresses) {
        int ownListeners = 0;
        List<IpAddress> canonical = new ArrayList<>();
        for (IpAddress address : addresses) {
            DropReason reason = destination.refusalOf(identity.app().policy(), address);
            if (reason == DropReason.PROXY_LOOP) {
                ownListeners++;
            } else if (reason != null) {
                refuse(Refusal.byPolicy(reason));
                return;
            }
            canonical.add(address.canonical());
        }
        if (canonical.isEmpty()) {
            refuse(Refusal.unresolved(DropReason.NAME_NOT_RESOLVED.text()));
        } else if (ownListeners == 0) {
            open(canonical, () -> dial(canonical, 0));
        } else if (ownListeners == canonical.size()) {
            Endpoint listener = new Endpoint(canonical.getFirst(), destination.port());
            // Later, as after dialling: the handlers of the request are still at work on it.
            open(canonical, () -> loop.eventLoop().execute(() -> onOwnListener(listener)));
        } else {
            refuse(Refusal.byPolicy(DropReason.PROXY_LOOP));
        }
    }

    private void onOwnListener(Endpoint listener) {
        if (isOver) {
            return;
        }
        end();
        Halves halves = Halves.of(client);
        if (halves.hasInputEnded()) {
            client.close(); // TURN ends with its client's FIN, and this one has come already
            return;
        }
        halves.outliveInput(false);
        answer.onOwnListener(listener);
    }

    private void open(List<IpAddress> judged, Runnable next) {
        ClientAddress from = ClientAddress.of(client);
        Sessions.Entry entry = new Sessions.Entry(Sessions.Part.TUNNEL, ingress, from.address(), from.reached());
        Grants.Opening opening = loop.grants().open(identity, entry, loop.readClock());
        if (opening instanceof Grants.Opening.Granted granted) {
            Grant grant = granted.grant();
            tunnel = new Tunnel(tunnels, grant, client, destination, judged);
            answer.onGranted();
            next.run();
        } else if (opening instanceof Grants.Opening.Refused refused) {
            tell(Refusal.of(refused));
        }
    }

    private void dial(List<IpAddress> addresses, int index) {
        int count = Math.min(addresses.size(), MOST_ADDRESSES_DIALLED);
        if (index == count) {
            refuse(Refusal.unconnected(firstFailure == null ? Refusal.Kind.HOST_UNREACHABLE : firstFailure));
            return;
        }
        IpAddress address = addresses.get(index);
        int millis = (int) Math.max(SHORTEST_DIAL_MILLIS, DEADLINE.toMillis() / count);
        ChannelFuture connect = new Bootstrap()
                .group(loop.eventLoop())
                .channel(loop.io().socketChannelType())
                .disableResolver()
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, millis)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new InetSocketAddress(address.toInetAddress(), destination.port()));
        dialling = connect;
        connect.addListener(done -> {
            if (loop.eventLoop().inEventLoop()) {
                onDialled(connect, addresses, index);
            } else { // no channel could be made, so it had no loop to report on
                loop.eventLoop().execute(() -> onDialled(connect, addresses, index));
            }
        });
    }

    private void onDialled(ChannelFuture connect, List<IpAddress> addresses, int index) {
        if (connect.isSuccess()) {
            onConnected(connect.channel(), addresses.get(index));
        } else if (!isOver) {
            firstFailure = firstFailure == null ? kindOf(connect.cause()) : firstFailure;
            dial(addresses, index + 1);
        }
    }

    private void onConnected(Channel target, IpAddress address) {
        Tunnel made = tunnel;
        if (isOver || made == null || !client.isActive()) {
            target.close();
            return;
        }
        end();
        made.connected(target, address);
        answer.onConnected(made, (InetSocketAddress) target.localAddress());
    }

    private void onDeadline() {
        if (!isOver) {
            refuse(
                    tunnel == null
                            ? Refusal.unresolved("destination name was not resolved in time")
                            : Refusal.unconnected(Refusal.Kind.TIMEOUT));
        }
    }

    private void refuse(Refusal refusal) {
        IpAddress from = ClientAddress.of(client).address();
        loop.grants().refused(identity, ingress, from, refusal.reason(), loop.readClock());
        if (tunnel != null) {
            tunnel.grant().endsBecause(EndReason.NOT_SERVED);
        }
        tell(refusal);
    }

    private void tell(Refusal refusal) {
        end();
        loop.drops().count(refusal.reason());
        answer.onRefused(refusal);
    }

    /// From here on nothing that is still under way counts.
    private void end() {
        if (isOver) {
            return;
        }
        isOver = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (dialling != null && !dialling.isDone()) {
            dialling.channel().close();
        }
    }

    /// The transports tell these apart by type or by the system's text only.
    private static Refusal.Kind kindOf(@Nullable Throwable failure) {
        String text = String.valueOf(failure);
        if (text.contains("refused")) {
            return Refusal.Kind.CONNECTION_REFUSED;
        }
        if (text.contains("Network is unreachable")) {
            return Refusal.Kind.NETWORK_UNREACHABLE;
        }
        return text.contains("timed out") ? Refusal.Kind.TIMEOUT : Refusal.Kind.HOST_UNREACHABLE;
    }
}
