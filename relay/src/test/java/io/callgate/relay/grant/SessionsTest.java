package io.callgate.relay.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.model.AppId;
import io.callgate.model.Endpoint;
import io.callgate.model.IngressSessions;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.Portion;
import io.callgate.model.SessionRecord;
import io.callgate.model.Subject;
import io.callgate.model.SubjectSet;
import io.callgate.relay.grant.Sessions.Part;
import io.callgate.testkit.FakeClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Limits LIMITS = new Limits(2, 3, 0, 10, 10, 10, 1);
    private static final Subject BOB = new Subject("bob");
    private static final Subject EVE = new Subject("eve");
    private static final Subject ZOE = new Subject("zoe");

    private static final Endpoint HERE = Endpoint.parse("203.0.113.1:443");
    private static final Sessions.Entry ALLOCATION =
            new Sessions.Entry(Part.ALLOCATION, Ingress.TURN_UDP, IpAddress.parse("192.0.2.7"), HERE);
    private static final Sessions.Entry TUNNEL =
            new Sessions.Entry(Part.TUNNEL, Ingress.SOCKS5, IpAddress.parse("2001:db8::7"), HERE);
    private static final Grants.Traffic NOTHING = Grants.Traffic.NONE;

    private final FakeClock clock = new FakeClock();
    private final List<SessionRecord> records = new ArrayList<>();
    private final Sessions sessions = new Sessions(new AppId("demo"), new SessionLog(clock, records::add));

    @Test
    void aSubjectIsOneSessionHoweverManyAllocationsItHas() {
        for (int i = 0; i < 3; i++) {
            assertThat(sessions.open(BOB, ALLOCATION, LIMITS, true, 0)).isEmpty();
        }
        assertThat(sessions.open(BOB, TUNNEL, LIMITS, true, 0)).isEmpty();

        assertThat(sessions.count(0)).isEqualTo(1);
        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, true, 0)).contains(DropReason.ALLOCATION_QUOTA);
        assertThat(sessions.open(BOB, TUNNEL, LIMITS, true, 0)).contains(DropReason.TUNNEL_QUOTA);
    }

    @Test
    void aSessionLingersForThirtySecondsAndCountsMeanwhile() {
        sessions.open(BOB, ALLOCATION, LIMITS, true, 0);
        sessions.open(EVE, ALLOCATION, LIMITS, true, 0);
        sessions.close(BOB, Part.ALLOCATION, EndReason.CLIENT_LEFT, NOTHING, 10 * SECOND);

        assertThat(sessions.open(ZOE, ALLOCATION, LIMITS, true, 40 * SECOND - 1))
                .contains(DropReason.SESSION_QUOTA);
        assertThat(sessions.open(ZOE, ALLOCATION, LIMITS, true, 40 * SECOND))
                .as("at its limit the app is looked through ten times a second")
                .contains(DropReason.SESSION_QUOTA);
        assertThat(sessions.open(ZOE, ALLOCATION, LIMITS, true, 40 * SECOND + SECOND / 10))
                .isEmpty();
        assertThat(sessions.count(41 * SECOND)).isEqualTo(2);
    }

    @Test
    void aLingeringSubjectComesBackWithoutTakingASecondSession() {
        sessions.open(BOB, ALLOCATION, LIMITS, true, 0);
        sessions.open(EVE, ALLOCATION, LIMITS, true, 0);
        sessions.close(BOB, Part.ALLOCATION, EndReason.CLIENT_LEFT, NOTHING, SECOND);

        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, true, 2 * SECOND)).isEmpty();
        assertThat(sessions.count(100 * SECOND)).isEqualTo(2);
    }

    @Test
    void aRefusedFirstPartLeavesNoSession() {
        sessions.open(BOB, ALLOCATION, LIMITS, true, 0);
        sessions.open(EVE, ALLOCATION, LIMITS, true, 0);
        sessions.open(ZOE, ALLOCATION, LIMITS, true, 0);

        assertThat(sessions.count(0)).isEqualTo(2);
        assertThatThrownBy(() -> sessions.close(ZOE, Part.ALLOCATION, EndReason.CLIENT_LEFT, NOTHING, 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDrainingRelayLetsOnlyLiveSessionsGrow() {
        sessions.open(BOB, ALLOCATION, LIMITS, true, 0);

        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, false, 0)).isEmpty();
        assertThat(sessions.open(EVE, ALLOCATION, LIMITS, false, 0)).contains(DropReason.DRAINING);
    }

    @Test
    void newPeersAreABucketThatFillsSteadily() {
        sessions.open(BOB, ALLOCATION, LIMITS, true, 0);

        assertThat(sessions.mayMeet(BOB, 10, 10, 0)).isTrue();
        assertThat(sessions.mayMeet(BOB, 1, 10, 0)).isFalse();
        assertThat(sessions.mayMeet(BOB, 1, 10, SECOND / 10)).isTrue();
        assertThat(sessions.mayMeet(BOB, 6, 10, SECOND / 2)).isFalse();
        assertThat(sessions.mayMeet(BOB, 4, 10, SECOND / 2)).isTrue();
        assertThat(sessions.mayMeet(BOB, 10, 10, 100 * SECOND)).isTrue();
        assertThat(sessions.mayMeet(BOB, 1, 10, 99 * SECOND))
                .as("a clock behind gives nothing")
                .isFalse();
        assertThat(sessions.mayMeet(BOB, 30, 10, 101 * SECOND))
                .as("a full bucket is overdrawn")
                .isTrue();
        assertThat(sessions.mayMeet(BOB, 1, 10, 103 * SECOND))
                .as("and paid for later")
                .isFalse();
        assertThat(sessions.mayMeet(BOB, 1, 10, 104 * SECOND)).isTrue();
        assertThat(sessions.mayMeet(EVE, 1, 10, 0)).as("no session").isFalse();
    }

    @Test
    void aSessionLeavesOneRecordWhenItHasLingered() {
        Instant start = clock.now();
        sessions.open(BOB, ALLOCATION, LIMITS, true, clock.nanos());
        clock.advance(Duration.ofSeconds(5));
        sessions.open(BOB, TUNNEL, LIMITS, true, clock.nanos());
        sessions.refused(BOB, Ingress.SOCKS5, IpAddress.parse("192.0.2.7"), DropReason.SPECIAL_RANGE, clock.nanos());
        sessions.refused(BOB, Ingress.SOCKS5, IpAddress.parse("192.0.2.7"), DropReason.SPECIAL_RANGE, clock.nanos());
        sessions.close(BOB, Part.TUNNEL, EndReason.CLIENT_LEFT, new Grants.Traffic(0, 0, 1, 10, 2, 20), clock.nanos());
        clock.advance(Duration.ofSeconds(60));
        sessions.sweep(clock.nanos());
        assertThat(records).as("it has an allocation").isEmpty();
        sessions.close(BOB, Part.ALLOCATION, EndReason.EXPIRED, new Grants.Traffic(0, 0, 3, 30, 4, 40), clock.nanos());
        clock.advance(Duration.ofSeconds(29));
        sessions.sweep(clock.nanos());
        assertThat(records).as("it lingers").isEmpty();
        clock.advance(Duration.ofSeconds(1));
        sessions.sweep(clock.nanos());
        sessions.sweep(clock.nanos());

        assertThat(records)
                .containsExactly(new SessionRecord(
                        new AppId("demo"),
                        BOB,
                        List.of("turn_udp", "socks5"),
                        List.of(IpAddress.parse("192.0.2.7"), IpAddress.parse("2001:db8::7")),
                        start,
                        start.plusSeconds(65),
                        2,
                        4,
                        40,
                        6,
                        60,
                        "expired",
                        Map.of("special_range", 2L)));
    }

    @Test
    void aRefusedClientWithoutASessionIsARecordOfItsOwn() {
        sessions.refused(EVE, Ingress.TURN_TCP, IpAddress.parse("192.0.2.9"), DropReason.SESSION_QUOTA, clock.nanos());

        assertThat(records).singleElement().satisfies(record -> {
            assertThat(record.isRefused()).isTrue();
            assertThat(record.parts()).isZero();
            assertThat(record.began()).isEqualTo(record.ended());
            assertThat(record.refusals()).isEqualTo(Map.of("session_quota", 1L));
        });
    }

    @Test
    void aLimitIsToldOnceAMinute() {
        IpAddress client = IpAddress.parse("192.0.2.9");

        assertThat(sessions.refused(EVE, Ingress.SOCKS5, client, DropReason.SESSION_QUOTA, 0))
                .isTrue();
        assertThat(sessions.refused(ZOE, Ingress.SOCKS5, client, DropReason.SESSION_QUOTA, 60 * SECOND - 1))
                .isFalse();
        assertThat(sessions.refused(ZOE, Ingress.SOCKS5, client, DropReason.TUNNEL_QUOTA, 1))
                .isTrue();
        assertThat(sessions.refused(EVE, Ingress.SOCKS5, client, DropReason.SESSION_QUOTA, 60 * SECOND))
                .isTrue();
    }

    @Test
    void aRelayThatClosesTellsOfEverySession() {
        sessions.open(BOB, ALLOCATION, LIMITS, true, 0);
        sessions.open(EVE, TUNNEL, LIMITS, true, 0);
        sessions.close(EVE, Part.TUNNEL, EndReason.CLIENT_LEFT, NOTHING, 0);

        sessions.endAll(0);
        sessions.close(BOB, Part.ALLOCATION, EndReason.RELAY_CLOSED, NOTHING, 0);

        assertThat(records).extracting(SessionRecord::end).containsExactlyInAnyOrder("relay_closed", "client_left");
    }

    @Test
    void aPortionLimitsBesideTheLimitsOfTheState() {
        sessions.spend(new Portion(new AppId("demo"), 1, 0, 0), SubjectSet.NONE, 0);

        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, true, 0)).isEmpty();
        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, true, 0)).isEmpty();
        assertThat(sessions.open(EVE, ALLOCATION, LIMITS, true, 0)).contains(DropReason.SESSION_QUOTA);

        sessions.spend(new Portion(new AppId("demo"), 100, 0, 0), SubjectSet.NONE, 0);
        assertThat(sessions.open(EVE, ALLOCATION, LIMITS, true, 0)).isEmpty();
        assertThat(sessions.open(ZOE, ALLOCATION, LIMITS, true, 0)).contains(DropReason.SESSION_QUOTA);
    }

    @Test
    void whatIsLentLapsesAndThePortionStays() {
        sessions.spend(new Portion(new AppId("demo"), 1, 1, 0), SubjectSet.NONE, 0);
        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, true, 9 * SECOND)).isEmpty();
        assertThat(sessions.open(EVE, ALLOCATION, LIMITS, true, 10 * SECOND - 1))
                .isEmpty();
        sessions.close(EVE, Part.ALLOCATION, EndReason.CLIENT_LEFT, NOTHING, 10 * SECOND);
        sessions.close(BOB, Part.ALLOCATION, EndReason.CLIENT_LEFT, NOTHING, 10 * SECOND);

        // Cut off for an hour.
        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, true, 3_600 * SECOND)).isEmpty();
        assertThat(sessions.open(EVE, ALLOCATION, LIMITS, true, 3_600 * SECOND)).contains(DropReason.SESSION_QUOTA);
    }

    @Test
    void whoIsInACallElsewhereBeginsWhateverThePortionSaysAndANewcomerDoesNot() {
        SubjectSet inCall = SubjectSet.of(List.of(BOB, EVE));
        sessions.spend(new Portion(new AppId("demo"), 0, 0, 0), inCall, 0);

        assertThat(sessions.open(ZOE, ALLOCATION, LIMITS, true, 0)).contains(DropReason.SESSION_QUOTA);
        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, true, 0)).isEmpty();
        assertThat(sessions.isUrgent()).as("control hears of it at once").isTrue();
        assertThat(sessions.open(EVE, ALLOCATION, LIMITS, true, 3_600 * SECOND))
                .as("control has been away for an hour")
                .isEmpty();
        assertThat(sessions.open(ZOE, ALLOCATION, LIMITS, true, 0)).contains(DropReason.SESSION_QUOTA);
        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, false, 0)).isEmpty();
        for (int more = 0; more < 2; more++) {
            sessions.open(BOB, ALLOCATION, LIMITS, true, 0);
        }
        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, true, 0)).contains(DropReason.ALLOCATION_QUOTA);
        assertThat(sessions.count(0)).isEqualTo(2);
    }

    @Test
    void nobodyIsLetInByASetThatIsNoMore() {
        sessions.spend(new Portion(new AppId("demo"), 0, 0, 0), SubjectSet.of(List.of(BOB)), 0);
        sessions.spend(new Portion(new AppId("demo"), 0, 0, 0), SubjectSet.NONE, 0);

        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, true, 0)).contains(DropReason.SESSION_QUOTA);
    }

    @Test
    void aSetLetsInNoMoreThanItWasMadeOf() {
        String allBits = "/".repeat(85) + "w==";
        sessions.spend(new Portion(new AppId("demo"), 1, 0, 0), SubjectSet.parse(1, allBits), 0);

        assertThat(sessions.open(BOB, ALLOCATION, LIMITS, true, 0)).isEmpty();
        assertThat(sessions.open(EVE, ALLOCATION, LIMITS, true, 0)).isEmpty();
        assertThat(sessions.open(ZOE, ALLOCATION, LIMITS, true, 0)).contains(DropReason.SESSION_QUOTA);
    }

    @Test
    void theNeedKeepsItsPeakAndWhoWasTurnedAwayUntilControlAnswers() {
        sessions.open(BOB, ALLOCATION, LIMITS, true, 0);
        sessions.open(EVE, ALLOCATION, LIMITS, true, 0);
        for (int twice = 0; twice < 2; twice++) {
            sessions.open(ZOE, ALLOCATION, LIMITS, true, 0);
        }
        sessions.close(EVE, Part.ALLOCATION, EndReason.CLIENT_LEFT, NOTHING, 0);

        assertThat(sessions.need(30 * SECOND)).isEqualTo(new SessionShare.Need(1, 2, 2, byTurn(1, 2)));
        assertThat(sessions.need(30 * SECOND)).isEqualTo(new SessionShare.Need(1, 2, 2, byTurn(1, 2)));
        sessions.onAnswered();
        assertThat(sessions.need(30 * SECOND)).isEqualTo(new SessionShare.Need(1, 1, 1, byTurn(1, 1)));
    }

    @Test
    void theFirstAndWhatIsBeyondThePortionIsUrgent() {
        sessions.spend(new Portion(new AppId("demo"), 1, 1, 0), SubjectSet.NONE, 0);
        assertThat(sessions.isUrgent()).isFalse();
        sessions.open(BOB, ALLOCATION, LIMITS, true, 0);
        assertThat(sessions.isUrgent()).as("the first of all").isTrue();
        sessions.need(0);
        sessions.open(EVE, ALLOCATION, LIMITS, true, 0);
        assertThat(sessions.isUrgent()).isTrue();
        sessions.need(0);
        assertThat(sessions.isUrgent()).isFalse();
        sessions.open(ZOE, ALLOCATION, LIMITS, true, 0);
        assertThat(sessions.isUrgent()).isTrue();
    }

    @Test
    void timeIsCountedWhileSomethingLivesByTheIngressThatBeganIt() {
        Usage usage = new Usage();
        Sessions counted =
                new Sessions(new AppId("demo"), new SessionLog(clock, records::add, usage, SessionJournal.NONE));
        counted.open(BOB, ALLOCATION, LIMITS, true, 7 * SECOND);
        counted.open(BOB, TUNNEL, LIMITS, true, 8 * SECOND);
        counted.open(EVE, TUNNEL, LIMITS, true, 9 * SECOND);
        counted.sweep(10 * SECOND);
        counted.close(BOB, Part.ALLOCATION, EndReason.CLIENT_LEFT, NOTHING, 11 * SECOND);
        counted.close(BOB, Part.TUNNEL, EndReason.CLIENT_LEFT, NOTHING, 12 * SECOND);
        counted.sweep(20 * SECOND); // lingering is no use
        counted.open(BOB, TUNNEL, LIMITS, true, 21 * SECOND); // the same session
        counted.endAll(22 * SECOND);

        assertThat(usage.totals())
                .containsExactlyInAnyOrder(
                        new Usage.Total(new AppId("demo"), Ingress.TURN_UDP, 0, 0, 1, 6_000),
                        new Usage.Total(new AppId("demo"), Ingress.SOCKS5, 0, 0, 1, 13_000));
    }

    private static List<IngressSessions> byTurn(long sessions, long peak) {
        return List.of(new IngressSessions("turn_udp", sessions, peak));
    }
}
