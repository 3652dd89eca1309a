package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A relay that listens on a wildcard follows the addresses of its machine.
class LocalAddressesTest {
    private static final String LATER = "127.0.0.9";

    private volatile Supplier<MachineAddresses> machine = () -> having("127.0.0.1");
    private final RelayFixture relay = RelayFixture.startOn(
            () -> machine.get(),
            new RelayFixture.State().addresses("0.0.0.0").tcp().apps(RelayFixture.app("demo", "127.0.0.0/8")));

    @AfterEach
    void stop() {
        relay.close();
    }

    private static MachineAddresses having(String... literals) {
        return new MachineAddresses(List.of(literals).stream()
                .map(literal -> new MachineAddresses.Local(IpAddress.parse(literal), "test0", true, false))
                .toList());
    }

    private InetSocketAddress later() {
        return new InetSocketAddress(InetAddress.ofLiteral(LATER), relay.port());
    }

    @Test
    void aNewAddressIsServedAndClosedToClientsAndOneThatGoesTakesItsOwnAlong() {
        try (TurnClient client = relay.client("bob");
                TurnClient late = new TurnClient(later(), relay.login("eve"))) {
            client.allocate();
            client.bind(0x4000, later()); // nothing of ours as yet

            machine = () -> having("127.0.0.1", LATER);
            relay.relay().followLocalAddresses();

            late.allocate();
            assertThat(errorOf(client.tryBind(0x4001, later()))).isEqualTo(403);
            client.sendOn(0x4000, "to the relay itself");
            client.settle();
            assertThat(relay.drops(DropReason.NO_CHANNEL)).isOne();

            machine = () -> having("127.0.0.1");
            relay.relay().followLocalAddresses();

            assertThat(relay.relay().listeners())
                    .extracting(listener -> listener.address().toString())
                    .containsOnly("127.0.0.1");
            assertThat(relay.snapshot().allocations()).isOne();
            client.refresh(600);
        }
    }

    /// As where another program has the port: that is no leave to reach this machine by it.
    @Test
    void s4AnAddressThatCannotBeServedIsClosedToClientsAllTheSame() {
        InetSocketAddress unserved = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 22);
        try (RelayFixture other = RelayFixture.startOn(
                        () -> machine.get(),
                        new RelayFixture.State().addresses("0.0.0.0").apps(RelayFixture.app("demo", "192.0.2.0/24")));
                TurnClient client = other.client("bob");
                Logs logs = Logs.record()) {
            client.allocate();
            client.bind(0x4000, unserved); // nothing of ours as yet

            machine = () -> having("127.0.0.1", "192.0.2.7");
            other.relay().followLocalAddresses();
            other.relay().followLocalAddresses();

            assertThat(logs.ours()).containsExactly("addresses.changed.but.not.served");
            assertThat(errorOf(client.tryBind(0x4001, unserved))).isEqualTo(403);
            client.sendOn(0x4000, "to the relay's own machine");
            client.settle();
            assertThat(other.drops(DropReason.NO_CHANNEL)).isOne();
        }
    }

    /// The source of an answer is the address that was asked, however many there are.
    @Test
    void p6AnswersComeFromTheAddressThatWasAsked() {
        machine = () -> having("127.0.0.1", LATER);
        relay.relay().followLocalAddresses();
        byte[] binding = TurnClient.message(MessageClass.REQUEST, Method.BINDING, TurnClient.newId());
        try (UdpPeer asking = UdpPeer.v4()) {
            for (InetSocketAddress asked : List.of(later(), relay.v4())) {
                asking.send(asked, binding);

                assertThat(asking.receive().from()).isEqualTo(asked);
            }
        }
    }

    @Test
    void aLookThatFailsIsToldAndTheNextOneFollows() {
        try (Logs logs = Logs.record()) {
            machine = () -> {
                throw new IllegalStateException("a fault");
            };
            relay.relay().followLocalAddresses();
            machine = () -> {
                throw new RelayException(List.of("the system does not say"));
            };
            relay.relay().followLocalAddresses();
            relay.relay().followLocalAddresses();
            machine = () -> having("127.0.0.1", LATER);
            relay.relay().followLocalAddresses();

            assertThat(logs.ours())
                    .containsExactly(
                            "watch.failed", "addresses.changed.but.not.served", "listeners.opened", "state.applied");
        }
        try (TurnClient client = new TurnClient(later(), relay.login("bob"))) {
            client.allocate();
        }
    }
}
