package io.callgate.relay;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.DesiredState;
import io.callgate.model.DestinationRule;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Portion;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.StaticUser;
import io.callgate.model.Subject;
import io.callgate.model.TimeSource;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DestinationPolicy;
import io.callgate.relay.grant.HostAddresses;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.grant.Openings;
import io.callgate.relay.grant.OwnHost;
import io.callgate.relay.grant.SessionJournal;
import io.callgate.relay.grant.SessionLog;
import io.callgate.relay.grant.Usage;
import io.callgate.relay.loop.LoopDirectory;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.net.UdpSocket;
import io.callgate.relay.tls.TlsContext;
import io.callgate.relay.tls.TlsIngress;
import io.callgate.relay.tls.TlsService;
import io.callgate.relay.turn.ListenerPoint;
import io.callgate.relay.turn.RelayPorts;
import io.callgate.relay.turn.TurnContext;
import io.callgate.relay.turn.TurnServer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// One loop that serves TURN on loopback to whoever knows the secret that it has made up: the [WarmUp]'s
/// visitors. Relays to its own [#peer] and to nobody else.
final class WarmUpStage implements AutoCloseable {
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");

    /// Known before any is bound, and told to nobody.
    private static final int NO_PORT = 1;

    /// A state must have one; what is opened here is any port that is free.
    private static final ListenerState UNOPENED =
            new ListenerState(LOOPBACK, List.of(PortRange.of(3478)), Set.of(Protocol.values()));

    private static final AppId APP = new AppId("warm-up");

    private static final int KEY_BYTES = 32;

    private static final int SESSIONS = 1_000;
    private static final Limits AS_FAST_AS_THEY_COME = new Limits(SESSIONS, 24, 0, 1, 1, 1_000_000, 1);

    private static final NameResolver NO_NAMES =
            (host, asker) -> CompletableFuture.failedFuture(new UnknownHostException(host));

    private final MultiThreadIoEventLoopGroup group;
    private final TimeSource time;
    private final Secret secret;
    private final Optional<StaticUser> user;
    private final TurnServer turn;
    private final TlsService tls;
    private final TlsContext cipher;
    private final TcpListener tcp;
    private final UdpSocket udp;
    private final DatagramSocket peer;

    /// What it plays.
    ///
    /// @param hasUser whether a static user may come too: a relay that has such users tells its clients so
    /// @param isLinked whether it would tell a control of its sessions, and spend what that one gives it
    record Scene(boolean hasUser, boolean isLinked) {}

    /// @throws IOException if loopback has no port to give
    static WarmUpStage open(RelayOptions options, TlsIdentity identity, Scene scene) throws IOException {
        DatagramSocket peer = new DatagramSocket(new InetSocketAddress(LOOPBACK.toInetAddress(), 0));
        peer.setSoTimeout(WarmUpLine.PATIENCE_MILLIS);
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("relay-warm-up-loop", true),
                options.io().handlerFactory());
        try {
            return CompletableFuture.supplyAsync(
                            () -> new WarmUpStage(group, options, identity, peer, scene), group.next())
                    .thenCompose(WarmUpStage::listening)
                    .join();
        } catch (CompletionException e) {
            peer.close();
            shutDown(group);
            throw new IOException("no stage for the warm-up", e);
        }
    }

    /// On the loop.
    private WarmUpStage(
            MultiThreadIoEventLoopGroup group,
            RelayOptions options,
            TlsIdentity identity,
            DatagramSocket peer,
            Scene scene) {
        this.group = group;
        this.peer = peer;
        this.time = options.time();
        this.secret = randomKey();
        this.user = scene.hasUser ? Optional.of(new StaticUser("visiting-user", randomPassword())) : Optional.empty();
        RelayLoop loop = new RelayLoop(0, group.next(), options.io(), time);
        DesiredState state = state();
        RelayPorts ports = new RelayPorts();
        ports.offer(List.of(RelayAddress.of(LOOPBACK)), state.relayPorts());
        OwnHost nobody = new OwnHost(List.of(), List.of(), List.of(), List.of());
        Apps apps = Apps.inForce(
                state,
                new DestinationPolicy.Surroundings(nobody, ports, new HostAddresses(), Openings.of(state)),
                new SessionLog(
                        time, ended -> {}, new Usage(), scene.isLinked ? SessionJournal.begin() : SessionJournal.NONE));
        if (scene.isLinked) {
            apps.spend(List.of(new Portion(APP, SESSIONS, 0, 0)), Map.of(), time.nanos());
        }
        Authenticator authenticator = new Authenticator(apps, time, randomKey());
        LoopDirectory directory = new LoopDirectory();
        turn = new TurnServer(loop, new TurnContext(apps, authenticator, ports, directory, 1, randomKey(), time));
        tls = new TlsService(options.tls(), time);
        cipher = tls.prepare(identity);
        TlsIngress ingress = new TlsIngress(loop, tls.recent());
        ingress.use(Optional.of(cipher));
        Streams streams = new Streams(
                loop,
                apps,
                authenticator,
                NO_NAMES,
                TurnStreams.to(turn),
                ingress,
                Optional.empty(),
                StreamLimits.DEFAULT);
        tcp = new TcpListener(streams, new ListenerPoint(1, LOOPBACK, NO_PORT, Protocol.TCP), false);
        ListenerPoint datagrams = new ListenerPoint(2, LOOPBACK, NO_PORT, Protocol.UDP);
        try {
            udp = loop.net()
                    .bind(
                            new InetSocketAddress(LOOPBACK.toInetAddress(), 0),
                            new UdpListener(datagrams, loop, turn, directory, new RelayCommands()));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private CompletableFuture<WarmUpStage> listening() {
        CompletableFuture<WarmUpStage> listening = new CompletableFuture<>();
        tcp.bind(LOOPBACK, 0).addListener(bound -> {
            if (bound.isSuccess()) {
                listening.complete(this);
            } else {
                listening.completeExceptionally(bound.cause());
            }
        });
        return listening;
    }

    private DesiredState state() {
        DestinationRule toPeer = new DestinationRule.ToNetwork(
                Cidr.of(LOOPBACK), List.of(PortRange.of(peer.getLocalPort())), Set.of(Protocol.UDP));
        AppState app = new AppState(
                APP,
                List.of(secret),
                List.of(),
                List.of(toPeer),
                AS_FAST_AS_THEY_COME,
                user.stream().toList());
        return new DesiredState(
                1,
                DesiredState.Origin.FILE,
                List.of(UNOPENED),
                List.of(),
                DesiredState.DEFAULT_RELAY_PORTS,
                DesiredState.DEFAULT_REALM,
                List.of(app),
                List.of(),
                List.of(),
                false,
                Optional.empty());
    }

    private static Secret randomKey() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return Secret.of(key);
    }

    private static Secret randomPassword() {
        return Secret.of(HexFormat.of().formatHex(randomKey().bytes()));
    }

    InetSocketAddress tcp() {
        return new InetSocketAddress(LOOPBACK.toInetAddress(), tcp.local().port());
    }

    InetSocketAddress udp() {
        return new InetSocketAddress(LOOPBACK.toInetAddress(), udp.localPort());
    }

    /// Where visitors take what they have sent; closed with the stage.
    DatagramSocket peer() {
        return peer;
    }

    /// By a minted credential, of somebody who has not been here: most clients are such. The name is as long as
    /// those that apps give: a hash takes more than one block of it.
    WarmUpVisitor.Login login() {
        Subject visitor = new Subject("visitor-" + UUID.randomUUID());
        RelayCredential minted =
                RelayCredential.mint(secret, APP, visitor, time.now().plus(Duration.ofMinutes(1)));
        return new WarmUpVisitor.Login(minted.username(), minted.password());
    }

    /// Of the static user, where there is one, whose session goes on from visit to visit.
    Optional<WarmUpVisitor.Login> userLogin() {
        return user.map(it -> new WarmUpVisitor.Login(it.name(), it.password().reveal()));
    }

    @Override
    public void close() {
        CompletableFuture.runAsync(
                        () -> {
                            turn.endAll();
                            tcp.close();
                            udp.close();
                        },
                        group.next())
                .join();
        peer.close();
        cipher.release();
        tls.close();
        shutDown(group);
    }

    private static void shutDown(MultiThreadIoEventLoopGroup group) {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
