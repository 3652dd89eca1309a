package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import io.callgate.model.Endpoint;
import io.callgate.model.Protocol;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/// TURN by TCP, alone and inside HTTP/2, of a whole relay.
class TurnOverStreamsTest {
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

    private static RelayFixture start() {
        return RelayFixture.start(
                new RelayFixture.State().protocols(Protocol.UDP, Protocol.TCP).addresses("127.0.0.1"));
    }

    private static TurnClient onStream(RelayFixture relay, Http2Caller connection, String subject) {
        TurnClient.Login login = relay.login(subject);
        Http2Caller.Stream stream = connection.connect("127.0.0.1:" + relay.port(), login);
        assertThat(stream.status()).isEqualTo(200);
        return new TurnClient(stream.asWire(), relay.v4(), login);
    }
}
