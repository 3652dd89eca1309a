package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppNeed;
import io.callgate.model.Cidr;
import io.callgate.model.Endpoint;
import io.callgate.model.HeartbeatAnswer;
import io.callgate.model.IngressSessions;
import io.callgate.model.LiveSession;
import io.callgate.model.Portion;
import io.callgate.model.UsageCount;
import io.callgate.relay.report.Reporter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What a real relay tells of its apps, and what it does with the answer.
class ReportTest {
    private final RelayFixture relay = RelayFixture.startReporting(new RelayFixture.State());
    private final Reporter reporter = relay.relay().reporter().orElseThrow();

    @Test
    void twelveAllocationsOfOneUserAreOneSession() {
        List<TurnClient> clients = new ArrayList<>();
        try (relay) {
            for (int i = 0; i < 12; i++) {
                clients.add(relay.client("bob"));
                clients.getLast().allocate();
            }

            assertThat(reporter.isUrgent()).isTrue();
            Reporter.Report report = reporter.next(1);

            assertThat(report.apps())
                    .containsExactly(new AppNeed(
                            RelayFixture.DEMO, 1, 1, 1, 0, 0, List.of(new IngressSessions("turn_udp", 1, 1))));
            assertThat(report.sessions().live()).singleElement().satisfies(session -> {
                assertThat(session.subject()).hasToString("bob");
                assertThat(session.client()).isEqualTo(Cidr.parse("127.0.0.0/24"));
                assertThat(session.reached()).containsExactly(here("127.0.0.1"));
                assertThat(session.began()).isEqualTo(relay.clock().now());
                assertThat(session.credentialExpiresAt())
                        .contains(relay.clock().now().plus(Duration.ofHours(1)));
            });
            assertThat(reporter.isUrgent()).isFalse();
        } finally {
            clients.forEach(TurnClient::close);
        }
    }

    @Test
    void usageIsWhatThePeersCounted() {
        try (relay;
                UdpPeer peer = UdpPeer.v4();
                TurnClient bob = relay.client("bob")) {
            bob.allocate();
            bob.bind(0x4000, peer.address());
            long bytes = 0;
            for (int i = 1; i <= 20; i++) {
                bob.sendOn(0x4000, "x".repeat(i));
                bytes += peer.receive().text().length();
            }
            relay.pass(Duration.ofSeconds(5));

            Reporter.Report report = reporter.next(1);

            assertThat(report.usage()).extracting(UsageCount::bytesToPeer).containsExactly(bytes);
            assertThat(report.usage()).extracting(UsageCount::sessions).containsExactly(1L);
            assertThat(report.apps()).extracting(AppNeed::kbitPerSecond).containsExactly(bytes * 8 / 5_000);
            reporter.onAnswer(answer(1, 1));
            assertThat(reporter.next(2).usage()).isEmpty();
        }
    }

    @Test
    void aPortionHoldsAtOnceAndLapsesWithTheNextAnswer() {
        try (relay;
                TurnClient bob = relay.client("bob");
                TurnClient eve = relay.client("eve")) {
            bob.allocate();
            reporter.next(1);
            reporter.onAnswer(answer(1, 1, new Portion(RelayFixture.DEMO, 1, 0, 0)));

            assertThat(errorOf(eve.tryAllocate())).isEqualTo(486);
            assertThat(reporter.next(2).apps())
                    .extracting(AppNeed::wantedSessions)
                    .containsExactly(2L);

            reporter.onAnswer(answer(2, 1));
            reporter.onAnswer(answer(1, 1, new Portion(RelayFixture.DEMO, 1, 0, 0))); // came late
            eve.allocate();
        }
    }

    @Test
    void aSessionThatEndsIsTold() {
        try (relay;
                TurnClient bob = relay.client("bob")) {
            bob.allocate();
            LiveSession session = reporter.next(1).sessions().live().getFirst();
            reporter.onAnswer(answer(1, 1));
            bob.refresh(0);
            relay.await("the allocation is gone", () -> relay.snapshot().allocations() == 0);

            assertThat(reporter.next(2).sessions().ended()).containsExactly(session.number());
            assertThat(reporter.next(2).apps())
                    .as("it lingers")
                    .extracting(AppNeed::sessions)
                    .containsExactly(1L);
        }
    }

    @Test
    void aSessionThatComesInElsewhereTooIsToldAnew() {
        try (relay;
                TurnClient one = relay.client("bob");
                TurnClient same = relay.client("bob");
                TurnClient other = relay.client6("bob")) {
            one.allocate();
            reporter.next(1);
            reporter.onAnswer(answer(1, 1));
            same.allocate();
            assertThat(reporter.next(2).sessions().live()).isEmpty();

            other.allocate();

            assertThat(reporter.next(3).sessions().live())
                    .singleElement()
                    .satisfies(session ->
                            assertThat(session.reached()).containsExactlyInAnyOrder(here("127.0.0.1"), here("[::1]")));
        }
    }

    @Test
    void aSessionByALoadBalancerCameInWhereThatOneSays() {
        try (RelayFixture behind = RelayFixture.startReporting(new RelayFixture.State()
                        .apps(RelayFixture.app("demo", "127.0.0.0/8:1-65535/tcp"))
                        .tcp()
                        .behindBalancer());
                Destinations.Server echo = Destinations.echoing();
                Caller bob = behind.call()) {
            bob.send("PROXY TCP4 203.0.113.7 192.0.2.1 50000 443\r\n".getBytes(StandardCharsets.US_ASCII));
            TurnClient.Login login = behind.login("bob");
            assertThat(bob.connect(echo.authority(), Caller.basic(login.userName(), login.password()))
                            .status())
                    .isEqualTo(200);

            assertThat(behind.relay()
                            .reporter()
                            .orElseThrow()
                            .next(1)
                            .sessions()
                            .live())
                    .singleElement()
                    .satisfies(
                            session -> assertThat(session.reached()).containsExactly(Endpoint.parse("192.0.2.1:443")));
        }
    }

    private Endpoint here(String address) {
        return Endpoint.parse(address + ":" + relay.v4().getPort());
    }

    private static HeartbeatAnswer answer(long acknowledged, long sessionsTaken, Portion... portions) {
        return new HeartbeatAnswer(1, false, acknowledged, sessionsTaken, List.of(portions), Map.of());
    }
}
