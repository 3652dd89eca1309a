package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.model.DesiredState;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import io.callgate.model.Secret;
import io.callgate.relay.TurnClient.Login;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DestinationPolicy;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.HostAddresses;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.grant.Openings;
import io.callgate.relay.grant.OwnHost;
import io.callgate.relay.grant.TestApps;
import io.callgate.relay.loop.LoopDirectory;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.tls.RecentHandshakes;
import io.callgate.relay.turn.ListenerPoint;
import io.callgate.relay.turn.RelayPorts;
import io.callgate.relay.turn.TurnContext;
import io.callgate.testkit.FakeClock;
import io.callgate.testkit.FreePort;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A client lives on one loop; its packets may arrive on another.
class LoopHandOverTest {
    private static final int LOOPS = 3;
    private static final int CLIENTS = 32;
    private static final Limits WIDE = new Limits(CLIENTS, CLIENTS, 0, 16, 16, 1_000, 1);

    private static final Secret KEY = Secret.of("key");
    private static final NameResolver NO_NAMES =
            (host, asker) -> CompletableFuture.failedFuture(new UnknownHostException(host));

    private final LoopDirectory directory = new LoopDirectory();
    private final RelayPorts ports = new RelayPorts();

    @Test
    void clientsThatTheKernelMovesToAnotherLoopAreHandedOverAndLoseNothing() {
        assumeTrue(RelayFixture.io().sharesPorts(), "only epoll spreads a port over loops");
        int port = FreePort.take();
        FakeClock clock = new FakeClock();
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(LOOPS, RelayFixture.io().handlerFactory());
        RelayCommands commands = new RelayCommands();
        Apps apps = apps(port);
        Authenticator authenticator = new Authenticator(apps, clock, KEY);
        TurnContext context = new TurnContext(apps, authenticator, ports, directory, 3, KEY, clock);
        for (int i = 0; i < LOOPS; i++) {
            commands.add(new LoopServer(
                    new RelayLoop(i, group.next(), RelayFixture.io(), clock),
                    apps,
                    authenticator,
                    NO_NAMES,
                    context,
                    new RecentHandshakes(clock),
                    directory,
                    commands,
                    Optional.empty()));
        }
        ListenerPoint point = new ListenerPoint(1, IpAddress.parse("127.0.0.1"), port, Protocol.UDP);
        commands.on(0, server -> server.open(point, false)).join();
        commands.on(1, server -> server.open(point, false)).join();
        InetSocketAddress relay = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        Login alice = Login.of("alice", "password-of-alice");
        List<TurnClient> clients = new ArrayList<>();
        List<InetSocketAddress> relayed = new ArrayList<>();
        try (UdpPeer peer = UdpPeer.v4()) {
            for (int i = 0; i < CLIENTS; i++) {
                TurnClient client = new TurnClient(relay, alice);
                clients.add(client);
                relayed.add(client.allocate());
                client.bind(0x4000, peer.address());
            }

            commands.on(2, server -> server.open(point, false)).join(); // two sockets become three: the hash changes

            for (int i = 0; i < CLIENTS; i++) {
                TurnClient client = clients.get(i);
                client.send(new byte[] {0, 0, 0, 1}); // counted as SOCKS5 where it arrives, if that is not its loop
                client.sendOn(0x4000, "there " + i);
                assertThat(peer.receive().text()).isEqualTo("there " + i);
                client.sendTo(peer.address(), "again " + i);
                assertThat(peer.receive().text()).isEqualTo("again " + i);
                peer.send(relayed.get(i), "back " + i);
                assertThat(client.receive().text()).isEqualTo("back " + i);
                assertThat(client.refresh(700)).isEqualTo(700);
                assertThat(errorOf(client.tryAllocate())).isEqualTo(437);
                assertThat(client.refresh(0)).isZero();
            }
            long moved = commands.askEach(LoopServer::snapshot).join().stream()
                    .mapToLong(loop -> Objects.requireNonNull(loop.drops().get(DropReason.SOCKS5_UDP_UNSUPPORTED)))
                    .sum();
            assertThat(moved).as("clients that changed their loop").isPositive();
            assertThat(ports.takenPorts()).isZero();
        } finally {
            clients.forEach(TurnClient::close);
            commands.onEach(LoopServer::closeAll).join();
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private Apps apps(int port) {
        DesiredState state = new DesiredState(
                1,
                DesiredState.Origin.FILE,
                List.of(new ListenerState(
                        IpAddress.parse("127.0.0.1"), List.of(new PortRange(port, port)), Set.of(Protocol.UDP))),
                List.of(),
                DesiredState.DEFAULT_RELAY_PORTS,
                DesiredState.DEFAULT_REALM,
                List.of(RelayFixture.withUser(
                        RelayFixture.app("demo", RelayFixture.SECRET, WIDE, "127.0.0.0/8"),
                        "alice",
                        "password-of-alice")),
                List.of(),
                List.of(),
                false,
                Optional.empty());
        Apps apps = new Apps(state, TestApps.NO_LOG);
        apps.apply(
                state,
                new DestinationPolicy.Surroundings(
                        new OwnHost(List.of(), List.of(), List.of(), List.of()),
                        ports,
                        new HostAddresses(),
                        Openings.ALL));
        ports.offer(List.of(RelayAddress.of(IpAddress.parse("127.0.0.1"))), state.relayPorts());
        return apps;
    }

    @Test
    void aReservationIsRedeemedOnWhateverLoopItsSecondClientLives() {
        int loops = RelayFixture.io().sharesPorts() ? 2 : 1;
        List<TurnClient> clients = new ArrayList<>();
        try (RelayFixture relay = RelayFixture.start(new RelayFixture.State(), loops, RelayFixture.io())) {
            for (int i = 0; i < 10; i++) {
                TurnClient first = relay.client("bob");
                TurnClient second = relay.client("bob");
                clients.addAll(List.of(first, second));
                Message answer = first.tryAllocate(new Attribute.EvenPort(true));
                Attribute token = answer.find(Attribute.ReservationToken.class).orElseThrow();

                InetSocketAddress next = second.allocate(token);

                assertThat(next.getPort())
                        .isEqualTo(TurnClient.relayed(answer).getFirst().getPort() + 1);
                first.refresh(0);
                second.refresh(0);
            }
            assertThat(relay.snapshot().takenPorts()).isZero();
            relay.pass(Duration.ofSeconds(30));
            assertThat(relay.snapshot().sessions()).isZero();
        } finally {
            clients.forEach(TurnClient::close);
        }
    }
}
