package io.callgate.relay;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.DesiredState;
import io.callgate.model.DestinationRule;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayCredential;
import io.callgate.model.Revocation;
import io.callgate.model.Secret;
import io.callgate.model.StaticUser;
import io.callgate.model.Subject;
import io.callgate.model.TimeSource;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DestinationPolicy;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.HostAddresses;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.grant.Openings;
import io.callgate.relay.grant.OwnHost;
import io.callgate.relay.grant.TestApps;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.net.IoKind;
import io.callgate.relay.tls.RecentHandshakes;
import io.callgate.relay.tls.TlsContext;
import io.callgate.relay.tls.TlsIngress;
import io.callgate.relay.tls.TlsProvider;
import io.callgate.relay.tls.TlsService;
import io.callgate.relay.turn.ListenerPoint;
import io.callgate.testkit.TestIdentity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The TCP side of a relay on one loop and one loopback port, without the rest. TURN is a stub that tells what
/// came and answers `TURN`; an Allocate is proof to it.
final class TcpRelay implements AutoCloseable {
    static final Secret SECRET = Secret.of("s3cret");
    static final AppId APP = new AppId("demo");
    static final StaticUser ALICE = new StaticUser("alice", Secret.of("wonderland"));
    static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");

    private static final TimeSource CLOCK = new TimeSource() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    };

    // For the life of the JVM: a loop that is shut down forgets the buffers of what closes meanwhile.
    private static final Map<IoKind, EventLoop> EVENT_LOOPS = new EnumMap<>(IoKind.class);

    /// What came to TURN, in hexadecimal, a read at a time.
    final BlockingQueue<String> turnStreams = new LinkedBlockingQueue<>();

    private final Setup setup;
    private final RelayLoop loop;
    private final Apps apps;
    private final Streams streams;
    private final TlsService tls;
    private @Nullable TlsContext shown;
    private final TcpListener listener;
    private final Channel server;

    /// How a relay differs from the plainest one. By default nothing is allowed and no network is trusted.
    record Setup(
            List<DestinationRule> destinations,
            List<Cidr> clients,
            Limits limits,
            StreamLimits streamLimits,
            NameResolver names,
            List<Endpoint> services,
            IoKind io,
            Optional<TlsProvider> tls,
            boolean isBehindBalancer) {
        static Setup allowing(String... rules) {
            return new Setup(
                    List.of(rules).stream().map(DestinationRule::parse).toList(),
                    List.of(),
                    Limits.DEFAULT,
                    StreamLimits.DEFAULT,
                    (host, asker) -> CompletableFuture.failedFuture(new UnknownHostException("no such name: " + host)),
                    List.of(),
                    IoKind.best(),
                    Optional.empty(),
                    false);
        }

        Setup trusting(String cidr) {
            return new Setup(
                    destinations,
                    List.of(Cidr.parse(cidr)),
                    limits,
                    streamLimits,
                    names,
                    services,
                    io,
                    tls,
                    isBehindBalancer);
        }

        Setup with(Limits other) {
            return new Setup(destinations, clients, other, streamLimits, names, services, io, tls, isBehindBalancer);
        }

        Setup with(StreamLimits other) {
            return new Setup(destinations, clients, limits, other, names, services, io, tls, isBehindBalancer);
        }

        Setup with(NameResolver other) {
            return new Setup(destinations, clients, limits, streamLimits, other, services, io, tls, isBehindBalancer);
        }

        Setup with(IoKind other) {
            return new Setup(
                    destinations, clients, limits, streamLimits, names, services, other, tls, isBehindBalancer);
        }

        Setup serving(Endpoint service) {
            return new Setup(
                    destinations, clients, limits, streamLimits, names, List.of(service), io, tls, isBehindBalancer);
        }

        /// Serves TLS too, with [TestIdentity#ec].
        Setup by(TlsProvider provider) {
            return new Setup(
                    destinations,
                    clients,
                    limits,
                    streamLimits,
                    names,
                    services,
                    io,
                    Optional.of(provider),
                    isBehindBalancer);
        }

        Setup behindBalancer() {
            return new Setup(destinations, clients, limits, streamLimits, names, services, io, tls, true);
        }

        TcpRelay start() {
            return new TcpRelay(this);
        }
    }

    private TcpRelay(Setup setup) {
        this.setup = setup;
        this.loop = new RelayLoop(0, eventLoop(setup.io()), setup.io(), CLOCK);
        this.apps = new Apps(state(setup.destinations(), List.of()), TestApps.NO_LOG);
        Authenticator authenticator = new Authenticator(apps, CLOCK, Secret.of("decoy"));
        this.tls = new TlsService(setup.tls().orElse(TlsProvider.JDK), CLOCK);
        this.streams = new Streams(
                loop,
                apps,
                authenticator,
                setup.names(),
                this::enterTurn,
                new TlsIngress(loop, tls.recent()),
                Optional.empty(),
                setup.streamLimits());
        setup.tls().ifPresent(provider -> show(TestIdentity.ec()));
        this.listener = newListener();
        listener.expectProxyHeader(setup.isBehindBalancer());
        this.server = listener.bind(LOOPBACK, 0).syncUninterruptibly().channel();
        apply(setup.destinations(), List.of());
    }

    Endpoint address() {
        return listener.local();
    }

    /// What TLS clients see from now on.
    void show(TlsIdentity identity) {
        TlsContext next = tls.prepare(identity);
        onLoop(() -> {
            streams.tls().use(Optional.of(next));
            return true;
        });
        if (shown != null) {
            shown.release();
        }
        shown = next;
    }

    RecentHandshakes.Recent recent() {
        return tls.recent().of(LOOPBACK, RecentHandshakes.MEMORY);
    }

    TcpListener listener() {
        return listener;
    }

    /// As the system does it when no descriptor is left.
    void failAccept(Throwable cause) {
        server.pipeline().fireExceptionCaught(cause);
    }

    /// One more, not bound yet.
    TcpListener newListener() {
        return new TcpListener(
                streams,
                new ListenerPoint(1, LOOPBACK, 0, Protocol.TCP),
                setup.io().sharesPorts());
    }

    Caller call() {
        return new Caller(address());
    }

    /// A credential of the app's secret, good for an hour.
    static RelayCredential credential(String subject) {
        return RelayCredential.mint(
                SECRET, APP, new Subject(subject), Instant.now().plusSeconds(3600));
    }

    /// Reloads, as Relay does.
    void reload(String... rules) {
        apply(List.of(rules).stream().map(DestinationRule::parse).toList(), List.of());
    }

    void revoke(String subject) {
        apply(setup.destinations(), List.of(new Revocation(APP, Optional.of(new Subject(subject)), Instant.now())));
    }

    void drain() {
        onLoop(() -> {
            loop.grants().setDraining(true);
            streams.tunnels().drain();
            return true;
        });
    }

    void closeAllTunnels() {
        onLoop(() -> {
            streams.tunnels().closeAll();
            return true;
        });
    }

    int tunnels() {
        return onLoop(() -> streams.tunnels().count());
    }

    int unproven() {
        return onLoop(() -> streams.unproven().count());
    }

    boolean hasGrants() {
        return onLoop(() -> !loop.grants().isEmpty());
    }

    long bytesToPeer() {
        return onLoop(() -> loop.grants().traffic().get(APP)).bytesToPeer();
    }

    long bytesToClient() {
        return onLoop(() -> loop.grants().traffic().get(APP)).bytesToClient();
    }

    long drops(DropReason reason) {
        return onLoop(() -> loop.drops().totals().getOrDefault(reason, 0L));
    }

    /// Returns as soon as the condition holds; fails after ten seconds.
    void await(String what, BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new AssertionError("still not: " + what);
            }
            loop.eventLoop().schedule(() -> {}, 5, TimeUnit.MILLISECONDS).syncUninterruptibly();
        }
    }

    @Override
    public void close() {
        listener.close().syncUninterruptibly();
        closeAllTunnels();
        if (shown != null) {
            shown.release();
        }
        tls.close();
    }

    private void apply(List<DestinationRule> destinations, List<Revocation> revocations) {
        OwnHost ownHost = new OwnHost(List.of(LOOPBACK), List.of(), List.of(address()), setup.services());
        apps.apply(
                state(destinations, revocations),
                new DestinationPolicy.Surroundings(
                        ownHost, TestApps.NO_ALLOCATIONS, new HostAddresses(), Openings.ALL));
        onLoop(() -> {
            streams.tunnels().recheck(grant -> grant.isRevoked(revocations));
            return true;
        });
    }

    private DesiredState state(List<DestinationRule> destinations, List<Revocation> revocations) {
        AppState app =
                new AppState(APP, List.of(SECRET), setup.clients(), destinations, setup.limits(), List.of(ALICE));
        return new DesiredState(
                1,
                DesiredState.Origin.FILE,
                List.of(new ListenerState(LOOPBACK, List.of(new PortRange(1, 1)), Set.of(Protocol.TCP))),
                List.of(),
                DesiredState.DEFAULT_RELAY_PORTS,
                DesiredState.DEFAULT_REALM,
                List.of(app),
                revocations,
                List.of(),
                false,
                Optional.empty());
    }

    private void enterTurn(Channel client, ListenerPoint point, Runnable onProved) {
        client.pipeline().addLast(new SimpleChannelInboundHandler<ByteBuf>() {
            @Override
            protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                if (ByteBufUtil.hexDump(bytes).startsWith(Caller.STUN_ALLOCATE)) {
                    onProved.run();
                }
                turnStreams.add(point.id() + " " + ByteBufUtil.hexDump(bytes));
                context.writeAndFlush(Unpooled.copiedBuffer("TURN", StandardCharsets.US_ASCII));
            }
        });
    }

    private static EventLoop eventLoop(IoKind io) {
        return EVENT_LOOPS.computeIfAbsent(
                io, kind -> new MultiThreadIoEventLoopGroup(1, kind.handlerFactory()).next());
    }

    private <T> T onLoop(Callable<T> question) {
        return loop.eventLoop().submit(question).syncUninterruptibly().getNow();
    }
}
