package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static io.callgate.relay.TurnClient.relayed;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.Limits;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.net.IoKind;
import io.callgate.testkit.FreePort;
import io.callgate.wire.stun.AddressFamily;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.AttributeType;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.TransactionId;
import io.callgate.wire.stun.TransportAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 8656 §7 and §8 over UDP: Allocate and Refresh.
class AllocationTest {
    private static final Attribute.RequestedAddressFamily IPV6 =
            new Attribute.RequestedAddressFamily(AddressFamily.IPV6);
    private static final Attribute.AdditionalAddressFamily DUAL =
            new Attribute.AdditionalAddressFamily(AddressFamily.IPV6);

    private RelayFixture relay = RelayFixture.start();
    private TurnClient client = relay.client("bob");

    private void restart(RelayFixture.State state) {
        stop();
        relay = RelayFixture.start(state);
        client = relay.client("bob");
    }

    @AfterEach
    void stop() {
        client.close();
        relay.close();
    }

    @Test
    void allocateGivesARelayedAddressInTheRelayPortsAndTheMappedAddress() {
        Message answer = client.tryAllocate();

        assertThat(errorOf(answer)).isZero();
        InetSocketAddress relayed = relayed(answer).getFirst();
        assertThat(relayed.getAddress()).isEqualTo(relay.v4().getAddress());
        assertThat(relayed.getPort()).isBetween(RelayFixture.RELAY_PORTS.first(), RelayFixture.RELAY_PORTS.last());
        assertThat(answer.find(Attribute.XorMappedAddress.class).orElseThrow().address())
                .isEqualTo(TransportAddress.of(client.address()));
        assertThat(answer.find(Attribute.MessageIntegrity.class)).isPresent();
        assertThat(relay.snapshot().allocations()).isEqualTo(1);
    }

    @ParameterizedTest(name = "LIFETIME {0} gives {1}")
    @CsvSource({"0, 600", "1, 600", "600, 600", "601, 601", "3600, 3600", "3601, 3600", "4294967295, 3600"})
    void lifetimeIsBetweenTenMinutesAndAnHour(long wanted, long given) {
        Message answer = client.tryAllocate(new Attribute.Lifetime(wanted));

        assertThat(answer.find(Attribute.Lifetime.class).orElseThrow().seconds())
                .isEqualTo(given);
    }

    @Test
    void withoutLifetimeAnAllocationLivesTenMinutes() {
        Message answer = client.tryAllocate();
        assertThat(answer.find(Attribute.Lifetime.class).orElseThrow().seconds())
                .isEqualTo(600);

        relay.pass(Duration.ofSeconds(599));
        assertThat(client.refresh(600)).isEqualTo(600);
        relay.pass(Duration.ofSeconds(599));
        assertThat(client.refresh(600)).isEqualTo(600);
        relay.pass(Duration.ofMinutes(10));

        assertThat(errorOf(client.request(Method.REFRESH))).isEqualTo(437);
        assertThat(relay.snapshot().allocations()).isZero();
        assertThat(relay.snapshot().takenPorts()).isZero();
    }

    @Test
    void anAllocationEndsAfterADayWhateverIsAsked() {
        client.allocate(new Attribute.Lifetime(3600));
        for (int hour = 0; hour < 46; hour++) {
            relay.pass(Duration.ofMinutes(30));
            client.challenge(null);
            client.refresh(3600);
        }
        relay.pass(Duration.ofMinutes(50));
        client.challenge(null);

        assertThat(client.refresh(3600)).isEqualTo(600);
        relay.pass(Duration.ofMinutes(10));
        assertThat(errorOf(client.request(Method.REFRESH))).isEqualTo(401);
        assertThat(relay.snapshot().allocations()).isZero();
    }

    @Test
    void withoutRequestedTransportAllocateIs400AndWithTcp442() {
        assertThat(errorOf(client.request(Method.ALLOCATE))).isEqualTo(400);
        assertThat(errorOf(client.request(Method.ALLOCATE, new Attribute.RequestedTransport(6))))
                .isEqualTo(442);
        assertThat(errorOf(client.request(Method.ALLOCATE, new Attribute.RequestedTransport(99))))
                .isEqualTo(442);
    }

    @Test
    void dontFragmentIs420WhereTheSocketsCannotDoIt() {
        stop();
        relay = RelayFixture.start(new RelayFixture.State(), 1, IoKind.NIO);
        client = relay.client("bob");

        Message answer = client.tryAllocate(new Attribute.DontFragment());

        assertThat(errorOf(answer)).isEqualTo(420);
        assertThat(answer.find(Attribute.UnknownAttributes.class).orElseThrow().types())
                .containsExactly(AttributeType.DONT_FRAGMENT);
    }

    @Test
    void aUsedFiveTupleIs437AndAnotherPortOfTheSameClientIsNot() {
        client.allocate();

        assertThat(errorOf(client.tryAllocate())).isEqualTo(437);
        try (TurnClient second = relay.client("bob")) {
            second.allocate();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Method.REFRESH, Method.CREATE_PERMISSION, Method.CHANNEL_BIND})
    void aRequestWithoutAllocationIs437(int method) {
        assertThat(errorOf(client.request(method))).isEqualTo(437);
    }

    @Test
    void anotherUsersRequestOnTheFiveTupleIs441() {
        client.allocate();
        UdpPeer shared = UdpPeer.v4();
        try (TurnClient owner = new TurnClient(shared, relay.v4(), relay.login("bob"))) {
            owner.allocate();
            TurnClient intruder = new TurnClient(shared, relay.v4(), relay.login("mallory"));

            for (int method : List.of(Method.REFRESH, Method.CREATE_PERMISSION, Method.CHANNEL_BIND, Method.ALLOCATE)) {
                assertThat(errorOf(intruder.request(method, new Attribute.RequestedTransport(17))))
                        .isEqualTo(441);
            }
            assertThat(relay.drops(DropReason.WRONG_USER)).isEqualTo(4);
            assertThat(owner.refresh(600)).isEqualTo(600);
        }
    }

    @Test
    void anIpv6AddressIsGivenOnRequestToAnIpv4Client() {
        InetSocketAddress relayed = client.allocate(IPV6);

        assertThat(relayed.getAddress()).isInstanceOf(Inet6Address.class);
    }

    @Test
    void withoutAnIpv6AddressItIs440() {
        restart(new RelayFixture.State().addresses("127.0.0.1"));

        assertThat(errorOf(client.tryAllocate(IPV6))).isEqualTo(440);
        assertThat(errorOf(client.tryAllocate(new Attribute.RequestedAddressFamily(3))))
                .isEqualTo(440);
        assertThat(relay.snapshot().sessions()).as("a refused one lingers").isLessThanOrEqualTo(1);
        assertThat(relay.snapshot().allocations()).isZero();
    }

    @Test
    void aDualAllocationGivesBothAddresses() {
        List<InetSocketAddress> both = relayed(client.tryAllocate(DUAL));

        assertThat(both).hasSize(2);
        assertThat(both.get(0).getAddress()).isInstanceOf(Inet4Address.class);
        assertThat(both.get(1).getAddress()).isInstanceOf(Inet6Address.class);
        assertThat(relay.snapshot().takenPorts()).isEqualTo(2);
        assertThat(client.refresh(0)).isZero();
        assertThat(relay.snapshot().takenPorts()).isZero();
    }

    @Test
    void aDualAllocationWithOneFamilyMissingSaysWhich() {
        restart(new RelayFixture.State().addresses("127.0.0.1"));

        Message answer = client.tryAllocate(DUAL);

        assertThat(errorOf(answer)).isZero();
        assertThat(relayed(answer)).hasSize(1);
        Attribute.AddressErrorCode error =
                answer.find(Attribute.AddressErrorCode.class).orElseThrow();
        assertThat(error.family()).isEqualTo(AddressFamily.IPV6);
        assertThat(error.code()).isEqualTo(440);
    }

    @Test
    void contradictionsOfAddressFamiliesTokensAndEvenPortsAre400() {
        Attribute token = new Attribute.ReservationToken(1);
        Attribute requested = new Attribute.RequestedAddressFamily(AddressFamily.IPV4);
        List<List<Attribute>> contradictions = List.of(
                List.of(requested, DUAL),
                List.of(new Attribute.AdditionalAddressFamily(AddressFamily.IPV4)),
                List.of(DUAL, new Attribute.EvenPort(true)),
                List.of(token, new Attribute.EvenPort(false)),
                List.of(token, requested),
                List.of(token, DUAL));
        for (List<Attribute> contradiction : contradictions) {
            assertThat(errorOf(client.tryAllocate(contradiction.toArray(Attribute[]::new))))
                    .as("%s", contradiction)
                    .isEqualTo(400);
        }
    }

    @Test
    void evenPortIsEvenAndWithRTheNextOneWaitsForItsToken() {
        Message first = client.tryAllocate(new Attribute.EvenPort(true));
        long token = first.find(Attribute.ReservationToken.class).orElseThrow().value();
        int port = relayed(first).getFirst().getPort();
        assertThat(port % 2).isZero();
        assertThat(relay.snapshot().takenPorts()).isEqualTo(2);

        try (TurnClient second = relay.client("bob");
                TurnClient third = relay.client("bob")) {
            assertThat(second.allocate(new Attribute.ReservationToken(token)).getPort())
                    .isEqualTo(port + 1);

            assertThat(errorOf(third.tryAllocate(new Attribute.ReservationToken(token))))
                    .as("a token is good once")
                    .isEqualTo(508);
        }
        assertThat(relay.snapshot().takenPorts()).isEqualTo(2);
    }

    @Test
    void evenPortWithoutRReservesNothing() {
        Message answer = client.tryAllocate(new Attribute.EvenPort(false));

        assertThat(relayed(answer).getFirst().getPort() % 2).isZero();
        assertThat(answer.find(Attribute.ReservationToken.class)).isEmpty();
        assertThat(relay.snapshot().takenPorts()).isEqualTo(1);
    }

    @Test
    void aReservationIsForItsUserAndForThirtySeconds() {
        Message first = client.tryAllocate(new Attribute.EvenPort(true));
        Attribute token = first.find(Attribute.ReservationToken.class).orElseThrow();
        try (TurnClient other = relay.client("mallory");
                TurnClient late = relay.client("bob")) {
            assertThat(errorOf(other.tryAllocate(token))).isEqualTo(508);

            relay.pass(Duration.ofSeconds(30));

            assertThat(errorOf(late.tryAllocate(token))).isEqualTo(508);
            assertThat(relay.snapshot().takenPorts()).isEqualTo(1);
        }
    }

    @Test
    void reservationsCountAgainstTheSubjectsAllocations() {
        restart(new RelayFixture.State()
                .apps(RelayFixture.app(
                        "demo", RelayFixture.SECRET, new Limits(10, 2, 0, 10, 10, 10, 10), "127.0.0.0/8")));
        for (int i = 0; i < 2; i++) {
            try (TurnClient client = relay.client("bob")) {
                client.allocate(new Attribute.EvenPort(true));
                client.refresh(0);
            }
        }
        try (TurnClient third = relay.client("bob");
                TurnClient stranger = relay.client("eve")) {
            Message refused = third.tryAllocate(new Attribute.EvenPort(true));

            assertThat(errorOf(refused)).isEqualTo(486);
            assertThat(TurnClient.reasonOf(refused)).contains("limit of allocations");
            stranger.allocate(new Attribute.EvenPort(true));
            relay.pass(Duration.ofSeconds(30));
            third.allocate(new Attribute.EvenPort(true));
        }
    }

    @Test
    void aReservationOutlivesTheAllocationThatMadeIt() {
        Message first = client.tryAllocate(new Attribute.EvenPort(true));
        Attribute token = first.find(Attribute.ReservationToken.class).orElseThrow();
        client.refresh(0);

        try (TurnClient second = relay.client("bob")) {
            assertThat(second.allocate(token).getPort())
                    .isEqualTo(relayed(first).getFirst().getPort() + 1);
        }
    }

    @Test
    void outOfPortsIs508AndAPortComesBackWhenItsAllocationEnds() {
        int base = FreePort.take();
        restart(new RelayFixture.State().addresses("127.0.0.1").relayPorts(base, base));
        client.allocate();
        try (TurnClient second = relay.client("eve")) {
            assertThat(errorOf(second.tryAllocate())).isEqualTo(508);
            assertThat(relay.drops(DropReason.NO_PORTS)).isEqualTo(1);

            client.refresh(0);

            assertThat(second.allocate().getPort()).isEqualTo(base);
        }
    }

    @Test
    void aPortThatAnotherProgramSitsOnIsPassedOver() {
        try (UdpPeer squatter = UdpPeer.v4()) {
            int taken = squatter.address().getPort();
            restart(new RelayFixture.State().addresses("127.0.0.1").relayPorts(taken, taken));
            assertThat(errorOf(client.tryAllocate())).isEqualTo(508);
            assertThat(relay.snapshot().takenPorts()).isZero();
        }
    }

    @Test
    void overTheSubjectsAllocationsIs486AndOthersAreServed() {
        restart(new RelayFixture.State()
                .apps(RelayFixture.app(
                        "demo", RelayFixture.SECRET, new Limits(2, 2, 0, 10, 10, 10, 10), "127.0.0.0/8")));
        List<TurnClient> clients = new ArrayList<>();
        try {
            for (String subject : List.of("bob", "bob", "eve")) {
                TurnClient next = relay.client(subject);
                clients.add(next);
                next.allocate();
            }
            TurnClient third = relay.client("bob");
            clients.add(third);
            Message overAllocations = third.tryAllocate();
            TurnClient stranger = relay.client("zoe");
            clients.add(stranger);
            Message overSessions = stranger.tryAllocate();

            assertThat(errorOf(overAllocations)).isEqualTo(486);
            assertThat(TurnClient.reasonOf(overAllocations)).contains("limit of allocations");
            assertThat(errorOf(overSessions)).isEqualTo(486);
            assertThat(TurnClient.reasonOf(overSessions)).contains("limit of sessions");
            clients.get(2).refresh(0);
            assertThat(errorOf(stranger.tryAllocate())).as("a session lingers").isEqualTo(486);
            relay.pass(Duration.ofSeconds(30));
            assertThat(errorOf(stranger.tryAllocate())).isZero();
        } finally {
            clients.forEach(TurnClient::close);
        }
    }

    @Test
    void refreshToZeroEndsTheAllocationAtOnce() {
        InetSocketAddress relayed = client.allocate();

        assertThat(client.refresh(0)).isZero();

        assertThat(errorOf(client.request(Method.REFRESH))).isEqualTo(437);
        RelaySnapshot snapshot = relay.snapshot();
        assertThat(snapshot.allocations()).isZero();
        assertThat(snapshot.takenPorts()).isZero();
        assertThat(client.allocate()).isNotEqualTo(relayed);
    }

    @Test
    void refreshNamesOnlyAFamilyThatTheAllocationHas() {
        client.allocate();

        assertThat(errorOf(client.request(Method.REFRESH, IPV6))).isEqualTo(443);
        assertThat(errorOf(client.request(Method.REFRESH, new Attribute.RequestedAddressFamily(9))))
                .isEqualTo(443);
        assertThat(errorOf(client.request(Method.REFRESH, new Attribute.RequestedAddressFamily(AddressFamily.IPV4))))
                .isZero();
    }

    @Test
    void refreshToZeroOfOneFamilyLeavesTheOther() {
        client.allocate(DUAL);
        try (UdpPeer four = UdpPeer.v4();
                UdpPeer six = UdpPeer.v6()) {
            client.permit(four.address());
            client.bind(0x4001, six.address());

            Message answer = client.request(Method.REFRESH, new Attribute.Lifetime(0), IPV6);

            assertThat(errorOf(answer)).isZero();
            assertThat(relay.snapshot().takenPorts()).isEqualTo(1);
            assertThat(errorOf(client.tryBind(0x4001, six.address()))).isEqualTo(443);
            client.sendOn(0x4001, "to a closed family");
            client.sendTo(four.address(), "still here");
            assertThat(four.receive().text()).isEqualTo("still here");
            assertThat(relay.drops(DropReason.NO_CHANNEL)).isEqualTo(1);
        }
    }

    @Test
    void aRetransmittedAllocateGetsTheFirstAnswerAgain() {
        TransactionId id = TurnClient.newId();
        byte[] request = client.signed(Method.ALLOCATE, id, TurnClient.allocateAttributes());

        client.send(request);
        byte[] first = client.rawAnswerTo(request);
        relay.pass(Duration.ofSeconds(20));
        client.send(request);

        assertThat(client.rawAnswerTo(request)).isEqualTo(first);
        assertThat(relay.snapshot().allocations()).isEqualTo(1);
    }

    @Test
    void aRetransmittedRefreshToZeroGetsTheFirstAnswerAgainEvenWhenTheCredentialHasExpired() {
        try (TurnClient brief = new TurnClient(
                relay.v4(), relay.login(RelayFixture.DEMO, RelayFixture.SECRET, "brief", Duration.ofSeconds(20)))) {
            brief.allocate();
            relay.pass(Duration.ofSeconds(30));
            byte[] farewell = brief.signed(Method.REFRESH, TurnClient.newId(), new Attribute.Lifetime(0));

            brief.send(farewell);
            byte[] first = brief.rawAnswerTo(farewell);
            relay.pass(Duration.ofSeconds(39));
            brief.send(farewell);
            byte[] again = brief.rawAnswerTo(farewell);
            relay.pass(Duration.ofSeconds(2));
            Message late = brief.exchange(farewell);

            assertThat(errorOf(TurnClient.decode(first))).isZero();
            assertThat(again).isEqualTo(first);
            assertThat(errorOf(late)).isEqualTo(401);
        }
    }

    @Test
    void aRetransmittedRefreshToZeroOfOneFamilyGetsTheFirstAnswerAgain() {
        client.allocate(DUAL);
        byte[] request = client.signed(Method.REFRESH, TurnClient.newId(), new Attribute.Lifetime(0), IPV6);

        client.send(request);
        byte[] first = client.rawAnswerTo(request);
        client.send(request);

        assertThat(errorOf(TurnClient.decode(first))).isZero();
        assertThat(client.rawAnswerTo(request)).isEqualTo(first);
        assertThat(relay.snapshot().allocations()).isEqualTo(1);
    }

    @Test
    void everyAllocationHasARelayedAddressOfItsOwn() {
        Set<InetSocketAddress> all = new HashSet<>();
        List<TurnClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            TurnClient next = relay.client("bob" + i % 5);
            clients.add(next);
            all.add(next.allocate());
        }

        assertThat(all).hasSize(20);
        clients.forEach(TurnClient::close);
    }
}
