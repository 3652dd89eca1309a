package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.SessionRecord;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the listener of a real relay hears of sessions.
class SessionRecordsTest {
    @Test
    void aCallIsOneRecordWithItsTrafficAndItsEnd() {
        RelayFixture relay = RelayFixture.start();
        try (relay;
                UdpPeer peer = UdpPeer.v4();
                TurnClient bob = relay.client("bob");
                TurnClient second = relay.client("bob")) {
            bob.allocate();
            second.allocate();
            bob.bind(0x4000, peer.address());
            bob.sendOn(0x4000, "four");
            peer.receive();
            relay.pass(Duration.ofSeconds(90));
            second.refresh(0);
            bob.refresh(0);
            assertThat(relay.records()).as("it lingers").isEmpty();
        }

        assertThat(relay.records()).singleElement().satisfies(record -> {
            assertThat(record.app()).isEqualTo(RelayFixture.DEMO);
            assertThat(record.subject()).hasToString("bob");
            assertThat(record.ingresses()).containsExactly("turn_udp");
            assertThat(record.clients()).containsExactly(IpAddress.parse("127.0.0.1"));
            assertThat(Duration.between(record.began(), record.ended())).isEqualTo(Duration.ofSeconds(90));
            assertThat(record.parts()).isEqualTo(2);
            assertThat(record.packetsToPeer()).isEqualTo(1);
            assertThat(record.bytesToPeer()).isEqualTo(4);
            assertThat(record.bytesToClient()).isZero();
            assertThat(record.end()).isEqualTo("client_left");
            assertThat(record.refusals()).isEmpty();
        });
    }

    @Test
    void whatACallWasRefusedStandsInItsRecord() {
        RelayFixture relay = RelayFixture.start();
        try (relay;
                TurnClient bob = relay.client("bob")) {
            bob.allocate();
            assertThat(errorOf(bob.tryPermit(new InetSocketAddress("192.0.2.1", 9))))
                    .isEqualTo(403);
            assertThat(errorOf(bob.tryPermit(new InetSocketAddress("192.0.2.2", 9))))
                    .isEqualTo(403);
        }

        assertThat(relay.records()).singleElement().satisfies(record -> {
            assertThat(record.end()).isEqualTo("relay_closed");
            assertThat(record.refusals().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(2);
        });
    }

    @Test
    void aClientOverTheQuotaIsARecordAndOneLogLine() {
        RelayFixture relay = RelayFixture.start(new RelayFixture.State()
                .apps(RelayFixture.app("demo", RelayFixture.SECRET, new Limits(1, 9, 0, 9, 9, 9, 9), "127.0.0.0/8")));
        try (relay;
                Logs logs = Logs.record();
                TurnClient bob = relay.client("bob");
                TurnClient eve = relay.client("eve");
                TurnClient zoe = relay.client("zoe")) {
            bob.allocate();
            assertThat(errorOf(eve.tryAllocate())).isEqualTo(486);
            assertThat(errorOf(zoe.tryAllocate())).isEqualTo(486);

            assertThat(logs.ours()).containsExactly("quota.reached");
            assertThat(relay.records()).extracting(SessionRecord::isRefused).containsExactly(true, true);
            assertThat(relay.records())
                    .extracting(SessionRecord::refusals)
                    .isEqualTo(List.of(Map.of("session_quota", 1L), Map.of("session_quota", 1L)));
        }
    }

    @Test
    void whoProvedNothingLeavesNoRecord() {
        RelayFixture relay = RelayFixture.start();
        try (relay;
                TurnClient stranger = new TurnClient(relay.v4(), TurnClient.Login.of("someone", "wrong"))) {
            assertThat(errorOf(stranger.tryAllocate())).isEqualTo(401);
        }

        assertThat(relay.records()).isEmpty();
    }
}
