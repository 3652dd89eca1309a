package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.Method;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TURN by TCP, alone and inside HTTP/2, of a whole relay.
class TurnOverStreamsTest {
    private static final int BINDING_ANSWER_BYTES = 32; // of a client by IPv4

    @Test
    void streamsOfOneConnectionAreClientsOfTheirOwn() {
        try (RelayFixture relay = start();
                UdpPeer peer = UdpPeer.v4();
                Http2Caller connection = new Http2Caller(new Endpoint(IpAddress.parse("127.0.0.1"), relay.port()));
                TurnClient second = onStream(relay, connection, "bob")) {
            TurnClient first = onStream(relay, connection, "alice");
            InetSocketAddress firstRelayed = first.allocate();
            InetSocketAddress secondRelayed = second.allocate();
            assertThat(firstRelayed).isNotEqualTo(secondRelayed);
            for (TurnClient client : List.of(first, second)) {
                client.bind(0x4000, peer.address());
            }

            first.sendOn(0x4000, "one");
            UdpPeer.Datagram one = peer.receive();
            second.sendOn(0x4000, "two");
            UdpPeer.Datagram two = peer.receive();
            peer.send(one.from(), "to the first");
            peer.send(two.from(), "to the second");

            assertThat(one.from()).isEqualTo(firstRelayed);
            assertThat(two.from()).isEqualTo(secondRelayed);
            assertThat(first.receive().text()).isEqualTo("to the first");
            assertThat(second.receive().text()).isEqualTo("to the second");
            assertThat(relay.snapshot().allocations()).isEqualTo(2);

            first.close();

            second.sendOn(0x4000, "still there");
            assertThat(peer.receive().text()).isEqualTo("still there");
        }
    }

    @Test
    void aStreamsAllocationEndsWithTheStream() {
        try (RelayFixture relay = start();
                Http2Caller connection = new Http2Caller(new Endpoint(IpAddress.parse("127.0.0.1"), relay.port()))) {
            TurnClient client = onStream(relay, connection, "alice");
            client.allocate();

            client.close();

            relay.await("the allocation has ended", () -> relay.snapshot().allocations() == 0);
            relay.await("the tunnel too", () -> relay.snapshot().tunnels() == 0);
        }
    }

    @Test
    void refusesByTcpWithTheCodesOfUdp() {
        try (RelayFixture relay = start();
                TurnClient client = relay.streamClient("alice");
                TurnClient forger = new TurnClient(
                        new StreamPeer(relay.v4(), 0),
                        relay.v4(),
                        new TurnClient.Login(relay.login("alice").userName(), "guessed", TurnClient.Style.RFC5389))) {
            assertThat(errorOf(forger.tryAllocate())).isEqualTo(401);
            assertThat(errorOf(client.request(Method.ALLOCATE))).isEqualTo(400);
            assertThat(errorOf(client.request(
                            Method.ALLOCATE, new Attribute.RequestedTransport(Attribute.RequestedTransport.TCP))))
                    .isEqualTo(442);
            assertThat(errorOf(client.request(Method.REFRESH))).isEqualTo(437);

            client.allocate(new Attribute.Lifetime(3600));

            assertThat(errorOf(client.tryAllocate()))
                    .as("one allocation a stream")
                    .isEqualTo(437);
            assertThat(errorOf(client.tryPermit(new InetSocketAddress("192.0.2.9", 1))))
                    .isEqualTo(403);
            relay.pass(Duration.ofMinutes(59));
            client.refresh(3600);
            relay.pass(Duration.ofMinutes(2));
            assertThat(errorOf(client.request(Method.REFRESH)))
                    .as("its nonce is an hour old")
                    .isEqualTo(438);
        }
    }

    @Test
    void aStrangerMaySendTwoKilobytesAndAProvedClientMore() {
        try (RelayFixture relay = start();
                UdpPeer peer = UdpPeer.v4();
                TurnClient client = relay.streamClient("alice");
                Caller stranger = relay.call()) {
            stranger.sendHex("0003" + "2000" + "2112a442" + "000102030405060708090a0b"); // an Allocate of 8 kB
            stranger.send(new byte[2100]);
            assertThat(stranger.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.MALFORMED)).isOne();

            client.allocate();
            client.permit(peer.address());
            client.sendTo(peer.address(), new byte[3000]);

            assertThat(peer.receive().bytes()).hasSize(3000);
        }
    }

    @ParameterizedTest(name = "in TLS: {0}")
    @ValueSource(booleans = {false, true})
    void s13AStrangerMayAsk32TimesAndReadsAllItsAnswers(boolean isInTls) {
        try (RelayFixture relay = RelayFixture.start(
                        new RelayFixture.State().tcp().addresses("127.0.0.1").tls(TestIdentity.ec()));
                Caller caller = relay.call()) {
            Caller stranger = isInTls ? caller.startTls() : caller;
            stranger.sendHex(Caller.STUN_BINDING.repeat(33));

            assertThat(stranger.readToEnd().length).isEqualTo(32 * BINDING_ANSWER_BYTES);
            assertThat(relay.drops(DropReason.STRANGER_RATE)).isOne();
        }
    }

    @Test
    void whoProvesItselfAmongTheFirst32RequestsMayAskOn() {
        try (RelayFixture relay = start();
                TurnClient client = relay.streamClient("alice")) {
            for (int i = 0; i < 30; i++) {
                client.settle();
            }
            client.allocate(); // a challenge, and the answer to it
            for (int i = 0; i < 100; i++) {
                client.settle();
            }

            assertThat(client.refresh(600)).isEqualTo(600);
            assertThat(relay.drops(DropReason.STRANGER_RATE)).isZero();
        }
    }

    @Test
    void aFarewellIsAnsweredBeforeTheStreamEnds() {
        try (RelayFixture relay = start();
                TurnClient client = relay.streamClient("alice")) {
            client.allocate();

            assertThat(client.refresh(0)).isZero();
            assertThatThrownBy(client::receive).hasRootCauseMessage("the relay closed");
        }
    }

    @Test
    void aReloadClosesAListenerWithItsStreamsAndNoOthers() {
        int second = FreePort.take();
        try (RelayFixture relay = RelayFixture.start(
                        new RelayFixture.State().tcp().addresses("127.0.0.1").also(second));
                TurnClient stays = relay.streamClient("bob")) {
            Endpoint other = new Endpoint(IpAddress.parse("127.0.0.1"), second);
            InetSocketAddress otherRelay = new InetSocketAddress(relay.v4().getAddress(), second);
            TurnClient goes = new TurnClient(new StreamPeer(otherRelay, 0), otherRelay, relay.login("eve"));
            Caller silent = new Caller(other);
            stays.allocate();
            goes.allocate();

            relay.apply(new RelayFixture.State().tcp().addresses("127.0.0.1"));

            assertThat(silent.readToEnd()).isEmpty();
            relay.await("its allocation has ended", () -> relay.snapshot().allocations() == 1);
            assertThat(stays.refresh(600)).isEqualTo(600);
            assertThatThrownBy(() -> new Caller(other)).isInstanceOf(UncheckedIOException.class);
        }
    }

    @Test
    void aSwitchedProxyProtocolHoldsForTheNextConnections() {
        RelayFixture.State plain = new RelayFixture.State().tcp().addresses("127.0.0.1");
        try (RelayFixture relay = RelayFixture.start(plain);
                TurnClient before = relay.streamClient("bob")) {
            before.allocate();

            relay.apply(new RelayFixture.State().tcp().addresses("127.0.0.1").behindBalancer());

            assertThat(before.refresh(600)).as("lives on").isEqualTo(600);
            try (Caller without = relay.call();
                    Caller with = relay.call()) {
                without.send("CONNECT sfu.example.com:443 HTTP/1.1\r\n\r\n");
                with.send("PROXY TCP4 203.0.113.7 192.0.2.1 50000 443\r\n");
                with.sendHex(Caller.STUN_BINDING);

                assertThat(without.readToEnd()).isEmpty();
                Message bound = TurnClient.decode(with.read(32));
                assertThat(bound.find(Attribute.XorMappedAddress.class)
                                .orElseThrow()
                                .address()
                                .toInetSocketAddress())
                        .isEqualTo(new InetSocketAddress("203.0.113.7", 50000));
                assertThat(relay.drops(DropReason.NO_PROXY_HEADER)).isOne();
            }
        }
    }

    private static RelayFixture start() {
        return RelayFixture.start(new RelayFixture.State().tcp().addresses("127.0.0.1"));
    }

    private static TurnClient onStream(RelayFixture relay, Http2Caller connection, String subject) {
        TurnClient.Login login = relay.login(subject);
        Http2Caller.Stream stream = connection.connect("127.0.0.1:" + relay.port(), login);
        assertThat(stream.status()).isEqualTo(200);
        return new TurnClient(stream.asWire(), relay.v4(), login);
    }
}
