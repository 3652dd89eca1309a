package io.callgate.relay;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
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
import io.callgate.relay.grant.SessionLog;
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
import io.callgate.relay.turn.TurnStream;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// One loop that serves TURN on loopback to whoever knows the secret that it has made up: the [WarmUp]'s
/// visitors. Relays to nobody.
final class WarmUpStage implements AutoCloseable {
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");

    /// Known before any is bound, and told to nobody.
    private static final int NO_PORT = 1;

    /// A state must have one; what is opened here is any port that is free.
    private static final ListenerState UNOPENED =
            new ListenerState(LOOPBACK, List.of(PortRange.of(3478)), Set.of(Protocol.values()));

    private static final int KEY_BYTES = 32;
    private static final NameResolver NO_NAMES =
            (host, asker) -> CompletableFuture.failedFuture(new UnknownHostException(host));

    private final MultiThreadIoEventLoopGroup group;
    private final TimeSource time;
    private final Secret secret;
    private final TurnServer turn;
    private final TlsService tls;
    private final TlsContext cipher;
    private final TcpListener tcp;
    private final UdpSocket udp;

    /// @throws IOException if loopback has no port to give
    static WarmUpStage open(RelayOptions options, TlsIdentity identity) throws IOException {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("relay-warm-up-loop", true),
                options.io().handlerFactory());
        try {
            return CompletableFuture.supplyAsync(() -> new WarmUpStage(group, options, identity), group.next())
                    .thenCompose(WarmUpStage::listening)
                    .join();
        } catch (CompletionException e) {
            shutDown(group);
            throw new IOException("no stage for the warm-up", e);
        }
    }

    /// On the loop.
    private WarmUpStage(MultiThreadIoEventLoopGroup group, RelayOptions options, TlsIdentity identity) {
        this.group = group;
        this.time = options.time();
        this.secret = randomKey();
        RelayLoop loop = new RelayLoop(0, group.next(), options.io(), time);
        DesiredState state = state(secret);
        RelayPorts ports = new RelayPorts();
        ports.offer(List.of(RelayAddress.of(LOOPBACK)), state.relayPorts());
        OwnHost nobody = new OwnHost(List.of(), List.of(), List.of(), List.of());
        Apps apps = Apps.inForce(
                state,
                new DestinationPolicy.Surroundings(nobody, ports, new HostAddresses(), Openings.of(state)),
                new SessionLog(time, ended -> {}));
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
                (client, at, onProved) -> client.pipeline().addLast(new TurnStream(turn, at, client, onProved)),
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

    private static DesiredState state(Secret secret) {
        AppState app =
                new AppState(new AppId("warm-up"), List.of(secret), List.of(), List.of(), Limits.DEFAULT, List.of());
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

    InetSocketAddress tcp() {
        return new InetSocketAddress(LOOPBACK.toInetAddress(), tcp.local().port());
    }

    InetSocketAddress udp() {
        return new InetSocketAddress(LOOPBACK.toInetAddress(), udp.localPort());
    }

    RelayCredential login() {
        return RelayCredential.mint(
                secret, new AppId("warm-up"), new Subject("visitor"), time.now().plus(Duration.ofMinutes(1)));
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
        cipher.release();
        tls.close();
        shutDown(group);
    }

    private static void shutDown(MultiThreadIoEventLoopGroup group) {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
