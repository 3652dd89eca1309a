package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import io.callgate.model.Secret;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.net.IoKind;
import io.callgate.relay.tls.TlsProvider;
import io.callgate.testkit.FakeClock;
import io.callgate.testkit.FreePort;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.Method;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What an operator does to a relay with clients on it: reload, rotate, revoke, drain.
class OperationTest {
    private static final Limits WIDE = new Limits(10_000, 10_000, 0, 256, 256, 1_000, 256);

    @ParameterizedTest
    @MethodSource("io.callgate.relay.net.IoKind#available")
    void theKindOfIoInUseIsTold(IoKind io) {
        try (Logs logs = Logs.record();
                RelayFixture relay = RelayFixture.start(new RelayFixture.State(), 1, io);
                TurnClient client = relay.client("bob")) {
            client.allocate();

            assertThat(logs.events())
                    .filteredOn(event -> event.getMessage().equals("io.chosen"))
                    .singleElement()
                    .satisfies(event -> assertThat(event.getKeyValuePairs())
                            .extracting(pair -> pair.key + "=" + pair.value)
                            .containsExactly(
                                    "io=" + io.label(),
                                    "tls=" + TlsProvider.best().label(),
                                    "loops=1"));
        }
    }

    /// The build runs what talks to a relay by UDP twice: on the best kind, and on Netty's.
    @Test
    void testsRunOnTheKindThatTheBuildAskedFor() {
        try (Logs logs = Logs.record();
                RelayFixture relay = RelayFixture.start()) {
            assertThat(relay.v4().getPort()).isPositive();
            assertThat(logs.events())
                    .filteredOn(event -> event.getMessage().equals("io.chosen"))
                    .singleElement()
                    .satisfies(event -> assertThat(event.getKeyValuePairs())
                            .extracting(pair -> pair.key + "=" + pair.value)
                            .contains("io="
                                    + System.getProperty(
                                            "callgate.test.io", IoKind.best().label())));
        }
    }

    @Test
    void aKindOfIoThatThereIsNotIsRefused() {
        RelayOptions options = RelayOptions.of(new FakeClock());

        assertThat(options.withIo("nio").io()).isEqualTo(IoKind.NIO);
        assertThatThrownBy(() -> options.withIo("uring")).hasMessage("'uring' is none of linux, epoll, nio");
    }

    @Test
    void onLinuxTheOwnSocketsAreTheBest() {
        String machine = System.getProperty("os.arch");
        assumeTrue(System.getProperty("os.name").equals("Linux")
                && Set.of("amd64", "aarch64").contains(machine));

        assertThat(IoKind.LINUX.problem()).isEmpty();
        assertThat(IoKind.best()).isEqualTo(IoKind.LINUX);
    }

    @Test
    void aCallOutlivesItsCredentialAndItsSecretWithoutLosingAPacket() {
        try (RelayFixture relay = RelayFixture.start();
                UdpPeer peer = UdpPeer.v4();
                TurnClient caller = new TurnClient(
                        relay.v4(),
                        relay.login(RelayFixture.DEMO, RelayFixture.SECRET, "bob", Duration.ofSeconds(20)))) {
            TurnClient.Login login = relay.login(RelayFixture.DEMO, RelayFixture.SECRET, "bob", Duration.ofSeconds(20));
            InetSocketAddress relayed = caller.allocate();
            caller.bind(0x4000, peer.address());
            AppState demo = RelayFixture.app("demo", "127.0.0.0/8", "[::1]/128");
            Secret next = Secret.of("the-secret-after-the-rotation");

            for (int second = 1; second <= 60; second++) {
                relay.pass(Duration.ofSeconds(1));
                if (second == 21) {
                    try (TurnClient late = new TurnClient(relay.v4(), login)) {
                        assertThat(errorOf(late.tryAllocate())).isEqualTo(401);
                    }
                }
                if (second == 25) {
                    relay.apply(new RelayFixture.State().apps(RelayFixture.withSecrets(demo, next)));
                }
                if (second == 30) {
                    assertThat(caller.refresh(600)).isEqualTo(600);
                    caller.bind(0x4000, peer.address());
                }
                caller.sendOn(0x4000, "there " + second);
                assertThat(peer.receive().text()).isEqualTo("there " + second);
                peer.send(relayed, "back " + second);
                assertThat(caller.receive().text()).isEqualTo("back " + second);
            }

            try (TurnClient late = new TurnClient(relay.v4(), login);
                    TurnClient rotated = new TurnClient(
                            relay.v4(), relay.login(RelayFixture.DEMO, next, "bob", Duration.ofSeconds(20)))) {
                assertThat(errorOf(late.tryAllocate())).isEqualTo(401);
                rotated.allocate();
            }
            assertThat(relay.drops(DropReason.CREDENTIAL_EXPIRED)).isEqualTo(2);
        }
    }

    @Test
    void duringARotationBothSecretsAreGood() {
        Secret old = Secret.of("the-old-secret");
        Secret fresh = Secret.of("the-fresh-secret");
        AppState demo = RelayFixture.withSecrets(RelayFixture.app("demo", "127.0.0.0/8"), fresh, old);
        try (RelayFixture relay = RelayFixture.start(new RelayFixture.State().apps(demo))) {
            for (Secret secret : List.of(old, fresh)) {
                try (TurnClient client = new TurnClient(
                        relay.v4(), relay.login(RelayFixture.DEMO, secret, "bob", Duration.ofHours(1)))) {
                    client.allocate();
                }
            }
        }
    }

    @Test
    void aReloadThatAddsAListenerPortLosesNoneOf200LiveAllocations() {
        int loops = RelayFixture.io().sharesPorts() ? 2 : 1;
        RelayFixture.State state = new RelayFixture.State()
                .apps(RelayFixture.app("demo", RelayFixture.SECRET, WIDE, "127.0.0.0/8"))
                .addresses("127.0.0.1");
        List<TurnClient> clients = new ArrayList<>();
        try (RelayFixture relay = RelayFixture.start(state, loops, RelayFixture.io());
                UdpPeer peer = UdpPeer.v4()) {
            List<InetSocketAddress> relayed = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                TurnClient client = relay.client("bob" + i % 10);
                clients.add(client);
                relayed.add(client.allocate());
                client.bind(0x4000, peer.address());
            }
            int second = FreePort.take();

            relay.apply(state.also(second));

            for (int i = 0; i < 200; i++) {
                clients.get(i).sendOn(0x4000, "there " + i);
                assertThat(peer.receive().text()).isEqualTo("there " + i);
                peer.send(relayed.get(i), "back " + i);
                assertThat(clients.get(i).receive().text()).isEqualTo("back " + i);
                assertThat(clients.get(i).refresh(600)).isEqualTo(600);
            }
            InetSocketAddress added = new InetSocketAddress(relay.v4().getAddress(), second);
            try (TurnClient newcomer = new TurnClient(added, relay.login("zoe"))) {
                newcomer.allocate();
            }
            assertThat(relay.snapshot().allocations()).isEqualTo(201);
            assertThat(relay.relay().listeners()).hasSize(2);
        } finally {
            clients.forEach(TurnClient::close);
        }
    }

    @Test
    void aRemovedListenerTakesItsOwnClientsAlongAndNoOthers() {
        int second = FreePort.take();
        try (RelayFixture relay = RelayFixture.start(new RelayFixture.State().also(second));
                TurnClient stays = relay.client("bob");
                TurnClient goes =
                        new TurnClient(new InetSocketAddress(relay.v4().getAddress(), second), relay.login("eve"))) {
            stays.allocate();
            goes.allocate();

            relay.apply(new RelayFixture.State());

            assertThat(relay.snapshot().allocations()).isEqualTo(1);
            assertThat(stays.refresh(600)).isEqualTo(600);
        }
    }

    @Test
    void tighteningDestinationsDropsLivePermissionsAndChannels() {
        try (RelayFixture relay = RelayFixture.start();
                TurnClient client = relay.client("bob");
                UdpPeer stays = UdpPeer.v4();
                UdpPeer goes = UdpPeer.on("127.0.0.2");
                UdpPeer goesToo = UdpPeer.on("127.0.0.3")) {
            InetSocketAddress relayed = client.allocate();
            client.permit(goes.address());
            client.bind(0x4000, goesToo.address());
            client.bind(0x4001, stays.address());

            relay.apply(new RelayFixture.State().apps(RelayFixture.app("demo", "127.0.0.1/32")));

            client.sendTo(goes.address(), "refused");
            client.sendOn(0x4000, "refused");
            client.settle();
            stays.send(goes.address(), "fence");
            stays.send(goesToo.address(), "fence");
            assertThat(goes.receive().text()).isEqualTo("fence");
            assertThat(goesToo.receive().text()).isEqualTo("fence");
            goes.send(relayed, "refused");
            goesToo.send(relayed, "refused");
            stays.send(relayed, "still allowed");
            assertThat(client.receive().text()).isEqualTo("still allowed");
            client.sendOn(0x4001, "still allowed");
            assertThat(stays.receive().text()).isEqualTo("still allowed");
            assertThat(relay.drops(DropReason.NO_PERMISSION)).isEqualTo(3);
            assertThat(relay.drops(DropReason.NO_CHANNEL)).isEqualTo(1);
        }
    }

    @Test
    void aRuleNarrowedToOtherPortsDropsTheChannelAndJudgesEverySend() {
        try (RelayFixture relay = RelayFixture.start();
                TurnClient client = relay.client("bob");
                UdpPeer peer = UdpPeer.v4();
                UdpPeer open = UdpPeer.v4()) {
            InetSocketAddress relayed = client.allocate();
            client.bind(0x4000, peer.address());

            relay.apply(new RelayFixture.State()
                    .apps(RelayFixture.app(
                            "demo", "127.0.0.1/32:" + open.address().getPort())));

            client.sendOn(0x4000, "refused");
            client.sendTo(peer.address(), "refused");
            client.settle();
            open.send(peer.address(), "fence");
            assertThat(peer.receive().text()).isEqualTo("fence");
            peer.send(relayed, "refused");
            open.send(relayed, "open");
            assertThat(client.receive().text()).isEqualTo("open");
        }
    }

    @Test
    void aRemovedAppEndsAndTheOthersGoOn() {
        AppState demo = RelayFixture.app("demo", "127.0.0.0/8");
        AppState other = RelayFixture.app("other", "127.0.0.0/8");
        try (RelayFixture relay = RelayFixture.start(new RelayFixture.State().apps(demo, other));
                TurnClient stays = relay.client("bob");
                TurnClient goes = new TurnClient(
                        relay.v4(), relay.login(new AppId("other"), RelayFixture.SECRET, "bob", Duration.ofHours(1)))) {
            stays.allocate();
            goes.allocate();

            relay.apply(new RelayFixture.State().apps(demo));

            assertThat(relay.snapshot().allocations()).isEqualTo(1);
            assertThat(relay.snapshot().takenPorts()).isEqualTo(1);
            assertThat(errorOf(goes.tryAllocate())).isEqualTo(401);
            assertThat(relay.drops(DropReason.UNKNOWN_APP)).isEqualTo(1);
        }
    }

    @Test
    void aRevokedSubjectEndsAtOnceAndDoesNotComeBack() {
        try (RelayFixture relay = RelayFixture.start();
                TurnClient stays = relay.client("bob");
                TurnClient goes = relay.client("mallory")) {
            stays.allocate();
            goes.allocate();

            relay.apply(new RelayFixture.State().revoke("mallory", relay.clock().now()));

            assertThat(relay.snapshot().allocations()).isEqualTo(1);
            assertThat(errorOf(goes.tryAllocate())).isEqualTo(401);
            assertThat(relay.drops(DropReason.REVOKED)).isEqualTo(1);
        }
    }

    @Test
    void aBadStateIsRefusedWholeWithAllItsProblemsAndTheOldOneStays() {
        try (RelayFixture relay = RelayFixture.start();
                TurnClient client = relay.client("bob");
                UdpPeer peer = UdpPeer.v4()) {
            client.allocate();
            client.bind(0x4000, peer.address());
            RelayFixture.State bad = new RelayFixture.State()
                    .apps(RelayFixture.app("other"))
                    .addresses("203.0.113.1", "203.0.113.2")
                    .relayAddresses(RelayAddress.of(IpAddress.parse("203.0.113.3")));

            assertThatThrownBy(() -> relay.apply(bad))
                    .isInstanceOfSatisfying(
                            RelayException.class,
                            e -> assertThat(e.problems())
                                    .hasSize(3)
                                    .anySatisfy(it -> assertThat(it).contains("203.0.113.1"))
                                    .anySatisfy(it -> assertThat(it).contains("203.0.113.2"))
                                    .anySatisfy(it -> assertThat(it).contains("203.0.113.3")));

            client.sendOn(0x4000, "still served");
            assertThat(peer.receive().text()).isEqualTo("still served");
            try (TurnClient next = relay.client("eve")) {
                next.allocate();
            }
        }
    }

    @Test
    void aTakenPortIsOneSentenceAndNothingOfTheStateIsTakenOver() {
        int free = FreePort.take();
        try (RelayFixture relay = RelayFixture.start(new RelayFixture.State().addresses("127.0.0.1"));
                UdpPeer squatter = UdpPeer.v4()) {
            int taken = squatter.address().getPort();
            RelayFixture.State state =
                    new RelayFixture.State().addresses("127.0.0.1").also(free).also(taken);

            assertThatThrownBy(() -> relay.apply(state))
                    .isInstanceOfSatisfying(
                            RelayException.class,
                            e -> assertThat(e.problems())
                                    .singleElement()
                                    .asString()
                                    .contains("127.0.0.1:" + taken)
                                    .contains("another program uses it"));

            assertThat(relay.relay().listeners()).hasSize(1);
            try (RelayFixture second = RelayFixture.start();
                    TurnClient client = relay.client("bob")) {
                assertThat(second.port()).isNotEqualTo(relay.port());
                client.allocate();
            }
        }
    }

    @Test
    void aSecondRelayOnTheSamePortIsRefused() {
        try (RelayFixture relay = RelayFixture.start()) {
            DesiredState same = new DesiredState(
                    1,
                    DesiredState.Origin.FILE,
                    List.of(new ListenerState(
                            IpAddress.parse("127.0.0.1"),
                            List.of(new PortRange(relay.port(), relay.port())),
                            Set.of(Protocol.UDP))),
                    List.of(),
                    DesiredState.DEFAULT_RELAY_PORTS,
                    DesiredState.DEFAULT_REALM,
                    List.of(),
                    List.of(),
                    List.of(),
                    false,
                    Optional.empty());

            assertThatThrownBy(() -> Relay.start(
                                    same,
                                    new RelayOptions(
                                            1,
                                            relay.clock(),
                                            IoKind.best(),
                                            TlsProvider.best(),
                                            record -> {},
                                            Optional.empty(),
                                            Optional.empty()))
                            .close())
                    .isInstanceOf(RelayException.class)
                    .hasMessageContaining("another program uses it");
        }
    }

    @Test
    void aDrainingRelayRefusesNewSessionsWith508AndServesTheOldOnes() throws Exception {
        try (RelayFixture relay = RelayFixture.start();
                TurnClient old = relay.client("bob");
                TurnClient fresh = relay.client("eve");
                UdpPeer peer = UdpPeer.v4()) {
            old.allocate();
            old.bind(0x4000, peer.address());
            CompletableFuture<Void> drained = relay.relay().drain(Duration.ofMinutes(10));
            relay.snapshot(); // asked after the drain, so the loops drain when it is answered

            Message refused = fresh.tryAllocate();
            old.sendOn(0x4000, "still served");

            assertThat(errorOf(refused)).isEqualTo(508);
            assertThat(TurnClient.reasonOf(refused)).contains("drains");
            assertThat(relay.drops(DropReason.DRAINING)).isEqualTo(1);
            assertThat(peer.receive().text()).isEqualTo("still served");
            assertThat(old.refresh(600)).isEqualTo(600);
            assertThat(drained).isNotDone();
            old.refresh(0);
            drained.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aDrainByTheOperatorIsTakenBack() {
        try (RelayFixture relay = RelayFixture.start();
                TurnClient fresh = relay.client("eve")) {
            relay.relay().setDrained(true);
            relay.snapshot(); // asked after that, so the loops know when it is answered
            assertThat(errorOf(fresh.tryAllocate())).isEqualTo(508);
            assertThat(relay.relay().isDraining()).isTrue();
            assertThat(relay.relay().isEnding()).isFalse();

            relay.relay().setDrained(false);
            relay.snapshot();

            fresh.allocate();
            assertThat(relay.relay().isDraining()).isFalse();
        }
    }

    @Test
    void anEndThatHasBegunIsNotTakenBack() {
        try (RelayFixture relay = RelayFixture.start();
                TurnClient fresh = relay.client("eve")) {
            relay.relay().setDrained(true);
            relay.relay().drain(Duration.ofMinutes(10));

            relay.relay().setDrained(false);
            relay.snapshot();

            assertThat(errorOf(fresh.tryAllocate())).isEqualTo(508);
        }
    }

    @Test
    void aDrainIsOverAfterItsGraceTime() throws Exception {
        try (RelayFixture relay = RelayFixture.start();
                TurnClient old = relay.client("bob")) {
            old.allocate();

            relay.relay().drain(Duration.ofMillis(50)).get(20, TimeUnit.SECONDS);

            assertThat(old.refresh(600)).isEqualTo(600);
        }
    }

    @Test
    void behindNatThePublicAddressIsToldAndDialledAtTheBoundOne() {
        RelayAddress behindNat = new RelayAddress(IpAddress.parse("127.0.0.1"), IpAddress.parse("203.0.113.7"));
        try (RelayFixture relay = RelayFixture.start(new RelayFixture.State()
                        .apps(RelayFixture.app("demo"))
                        .addresses("127.0.0.1")
                        .relayAddresses(behindNat));
                TurnClient bob = relay.client("bob");
                TurnClient eve = relay.client("eve")) {
            InetSocketAddress ofBob = bob.allocate();
            InetSocketAddress ofEve = eve.allocate();
            assertThat(ofBob.getAddress().getHostAddress()).isEqualTo("203.0.113.7");
            bob.permit(ofEve);
            eve.permit(ofBob);

            bob.sendTo(ofEve, "to the public address");

            TurnClient.Incoming there = eve.receive();
            assertThat(there.text()).isEqualTo("to the public address");
            assertThat(there.peer()).isEqualTo(ofBob);
        }
    }

    @Test
    void closingEndsEverythingAndFreesThePort() {
        RelayFixture relay = RelayFixture.start();
        TurnClient client = relay.client("bob");
        client.allocate();

        relay.close();
        relay.close();

        client.close();
        assertThat(PortProbe.problemWith(new BoundListener(IpAddress.parse("127.0.0.1"), relay.port(), Protocol.UDP)))
                .isEmpty();
    }

    @Test
    void aChangedRealmLeavesLiveAllocationsTheirKeys() {
        try (RelayFixture relay = RelayFixture.start();
                TurnClient client = relay.client("bob")) {
            client.allocate();
            relay.apply(new RelayFixture.State().realm("another realm"));

            Message answer = client.request(Method.REFRESH, new Attribute.Lifetime(700));

            assertThat(errorOf(answer)).isZero();
        }
    }
}
