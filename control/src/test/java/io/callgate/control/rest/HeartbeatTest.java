package io.callgate.control.rest;

import static io.callgate.control.rest.ApiUnderTest.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.rest.ApiUnderTest.Reply;
import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.Cidr;
import io.callgate.model.Endpoint;
import io.callgate.model.Heartbeat;
import io.callgate.model.HeartbeatAnswer;
import io.callgate.model.HeartbeatJson;
import io.callgate.model.IngressSessions;
import io.callgate.model.LinkStateJson;
import io.callgate.model.LiveSession;
import io.callgate.model.Portion;
import io.callgate.model.RefusalCount;
import io.callgate.model.RelayCredential;
import io.callgate.model.RelayEndpoint;
import io.callgate.model.Revocation;
import io.callgate.model.SessionChanges;
import io.callgate.model.Subject;
import io.callgate.model.SubjectSet;
import io.callgate.model.Transport;
import io.callgate.model.UsageCount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What relays tell, what they hear, and what an operator sees of it.
class HeartbeatTest {
    private static final AppId DEMO = new AppId("demo");
    private static final Instant HOUR = Instant.parse("2026-11-22T12:00:00Z");

    private final ApiUnderTest api = new ApiUnderTest();
    private final List<FakeRelay> relays = new ArrayList<>();

    @BeforeEach
    void makeAFleet() {
        api.activeApp("demo", ", \"quota\": {\"sessions\": 10, \"kbitPerSecond\": 1000}");
        relays.add(new FakeRelay("r1"));
        relays.add(new FakeRelay("r2"));
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void oneRelayThatIsAloneHasTheWholeQuotaWithItsGrace() {
        api.clock.advance(Duration.ofSeconds(16)); // the other is silent

        HeartbeatAnswer answer = relays.get(0).needs(3, 0);

        assertThat(answer.portions()).containsExactly(new Portion(DEMO, 11, 0, 1100));
    }

    @Test
    void portionsFollowTheSessionsOfTheFleet() {
        relays.get(0).needs(8, 900);
        Portion idle = relays.get(1).needs(0, 0).portions().getFirst();
        Portion busy = relays.get(0).needs(8, 900).portions().getFirst();

        assertThat(busy).isEqualTo(new Portion(DEMO, 10, 1, 1036));
        assertThat(idle).isEqualTo(new Portion(DEMO, 0, 3, 63));
    }

    @Test
    void aRelayHearsOfAnAppThatOnlyOthersUse() {
        assertThat(relays.get(1).tellsNothing().portions()).isEmpty();
        relays.get(0).needs(11, 900);

        assertThat(relays.get(1).tellsNothing().portions()).containsExactly(new Portion(DEMO, 0, 0, 0));
    }

    @Test
    void aRelayHearsWhoIsInACallElsewhereWhereItsPortionHasNoRoomForThem() {
        FakeRelay busy = relays.get(0);
        FakeRelay other = relays.get(1);
        assertThat(busy.calls(1, 2).inCall()).as("they are its own").isEmpty();
        assertThat(other.tellsNothing().inCall()).as("it may have two").isEmpty();

        assertThat(busy.calls(3, 8).inCall()).isEmpty();
        api.clock.advance(Callers.FRESH);
        SubjectSet inCall = other.tellsNothing().inCall().get(DEMO);

        assertThat(inCall).isEqualTo(SubjectSet.of(callers(1, 8)));
        busy.calls(9, 9);
        assertThat(other.tellsNothing().inCall()).as("kept for a while").containsValue(inCall);
        api.clock.advance(Callers.FRESH);
        assertThat(other.tellsNothing().inCall()).containsValue(SubjectSet.of(callers(1, 9)));
        api.clock.advance(Duration.ofSeconds(16));
        assertThat(other.tellsNothing().inCall()).as("their relay is silent").isEmpty();
    }

    @Test
    void whoIsInACallInAnotherPoolIsNotTold() {
        api.ensurePool("second", "production");
        api.patch("/v1/apps/demo", "{\"pools\": [\"main\", \"second\"]}").expect(200);
        FakeRelay stranger = new FakeRelay("r3", "second");
        relays.get(0).calls(1, 10);

        assertThat(stranger.tellsNothing().portions()).containsExactly(new Portion(DEMO, 0, 1, 0));
        assertThat(stranger.tellsNothing().inCall()).isEmpty();
        assertThat(relays.get(1).tellsNothing().inCall()).containsOnlyKeys(DEMO);
    }

    @Test
    void whoGoesOnAtAnotherRelayIsNoExcess() {
        relays.get(0).calls(1, 8);
        relays.get(1).calls(1, 8);

        assertThat(api.get("/v1/apps/demo/quota-excesses").json().get("items").size())
                .isZero();
        relays.get(1).calls(9, 11);
        assertThat(api.get("/v1/apps/demo/quota-excesses")
                        .json()
                        .at("/items/0/peak")
                        .asInt())
                .isEqualTo(11);
    }

    @Test
    void anAppOfAnotherPoolGetsNoPortion() {
        api.ensurePool("second", "production");
        FakeRelay stranger = new FakeRelay("r3", "second");

        assertThat(stranger.needs(5, 5).portions()).isEmpty();
        relays.get(0).needs(5, 5);
        assertThat(stranger.tellsNothing().portions()).isEmpty();
    }

    @Test
    void whatPassesTheQuotaIsKeptForTheOperator() {
        relays.get(0).needs(6, 10);
        relays.get(1).needs(5, 10);
        api.clock.advance(Duration.ofSeconds(5));
        relays.get(1).needs(4, 1500);

        JsonNode excesses =
                api.get("/v1/apps/demo/quota-excesses").expect(200).json().get("items");

        assertThat(excesses.size()).isEqualTo(2);
        assertThat(excesses.get(0).get("quota").asString()).isEqualTo("sessions");
        assertThat(excesses.get(0).get("agreed").asInt()).isEqualTo(10);
        assertThat(excesses.get(0).get("peak").asInt()).isEqualTo(11);
        assertThat(excesses.get(1).get("quota").asString()).isEqualTo("kbitPerSecond");
        assertThat(excesses.get(1).get("peak").asInt()).isEqualTo(1510);
    }

    @Test
    void whatARelayUsedWhileItWasCutOffIsToldAfterwards() {
        relays.get(0).needs(6, 10);
        api.clock.advance(Duration.ofSeconds(60));
        relays.get(1).needs(5, 10); // all that is known to live

        relays.get(0).tell(List.of(new AppNeed(DEMO, 2, 7, 2, 10, 10, List.of())), List.of(), SessionChanges.NONE);

        assertThat(api.get("/v1/apps/demo/quota-excesses")
                        .json()
                        .at("/items/0/peak")
                        .asInt())
                .isEqualTo(12);
    }

    @Test
    void aHeartbeatThatComesAgainOrLateCountsOnce() {
        FakeRelay relay = relays.getFirst();
        String first = relay.heartbeat(List.of(), List.of(usage("run", 100)), SessionChanges.NONE);
        String second = relay.heartbeat(List.of(), List.of(usage("run", 250)), SessionChanges.NONE);

        // The answer to the first was lost; it arrives once more after the second.
        for (String heartbeat : List.of(first, first, second, first, second)) {
            HeartbeatAnswer answer = relay.send(heartbeat);
            assertThat(answer.acknowledged())
                    .isEqualTo(HeartbeatJson.parse(heartbeat).sequence());
        }

        JsonNode usage = api.get("/v1/apps/demo/usage").expect(200).json().get("items");
        assertThat(usage.size()).isEqualTo(1);
        assertThat(usage.get(0).get("relay").asString()).isEqualTo("r1");
        assertThat(usage.get(0).get("ingress").asString()).isEqualTo("turn_udp");
        assertThat(usage.get(0).get("bytesToPeer").asLong()).isEqualTo(250);
    }

    @Test
    void aRunThatWasKilledIsToldByTheNext() {
        FakeRelay relay = relays.getFirst();
        relay.tell(List.of(), List.of(usage("run", 100)), SessionChanges.NONE);
        relay.epoch = "next-run";

        relay.tell(List.of(), List.of(usage("run", 130), usage("next-run", 7)), SessionChanges.NONE);

        assertThat(api.get("/v1/apps/demo/usage")
                        .json()
                        .at("/items/0/bytesToPeer")
                        .asLong())
                .isEqualTo(137);
    }

    @Test
    void usageOfAnAppThatWasSuspendedIsTakenToItsEnd() {
        FakeRelay relay = relays.getFirst();
        relay.tell(List.of(), List.of(usage("run", 100)), SessionChanges.NONE);
        api.post("/v1/apps/demo/suspend").expect(200);

        relay.tell(List.of(), List.of(usage("run", 130)), SessionChanges.NONE);
        relays.getLast().tell(List.of(), List.of(usage("run", 1_000)), SessionChanges.NONE); // never served it

        JsonNode usage = api.get("/v1/apps/demo/usage").json().get("items");
        assertThat(usage.size()).isEqualTo(1);
        assertThat(usage.get(0).get("bytesToPeer").asLong()).isEqualTo(130);
    }

    @Test
    void usageComesInPages() {
        List<UsageCount> day = LongStream.range(0, 24)
                .mapToObj(hour ->
                        new UsageCount("run", HOUR.plus(Duration.ofHours(hour)), DEMO, "http_connect", hour, 0, 0, 0))
                .toList();
        relays.getFirst().tell(List.of(), day, SessionChanges.NONE);

        Reply first = api.get("/v1/apps/demo/usage?limit=10&from=2026-11-22T14:00Z&until=2026-11-23T11:30:00Z")
                .expect(200);
        Reply second = api.get("/v1/apps/demo/usage?limit=20&after=" + first.text("next"))
                .expect(200);

        assertThat(first.json().at("/items/0/bytesToPeer").asInt()).isEqualTo(2);
        assertThat(first.json().get("items").size()).isEqualTo(10);
        assertThat(second.json().at("/items/0/bytesToPeer").asInt()).isEqualTo(12);
        assertThat(second.json().get("items").size()).isEqualTo(12);
        assertThat(second.json().has("next")).isFalse();
        api.get("/v1/apps/demo/usage?after=nonsense").expect(400);
        api.get("/v1/apps/nobody/usage").expect(404);
    }

    @Test
    void sessionsAreListedByAppWithoutTheAddressOfTheClient() {
        relays.getFirst().tell(List.of(), List.of(), new SessionChanges(0, 2, List.of(session(1, "alice")), List.of()));

        Reply listed = api.get("/v1/sessions?appId=demo").expect(200);

        JsonNode session = listed.json().at("/items/0");
        assertThat(session.get("uid").asString()).isEqualTo("alice");
        assertThat(session.get("relay").asString()).isEqualTo("r1");
        assertThat(session.get("region").asString()).isEqualTo("eu");
        assertThat(session.get("client").asString()).isEqualTo("192.0.2.0/24");
        assertThat(api.get("/v1/sessions?appId=other").json().get("items").size())
                .isZero();
    }

    @Test
    void anEndedSessionIsRevokedUntilNoCredentialOfItsUidIsGood() {
        FakeRelay relay = relays.getFirst();
        relay.tell(List.of(), List.of(), new SessionChanges(0, 2, List.of(session(1, "alice")), List.of()));
        // At another relay, by a credential from when leases of the app lived for longer.
        LiveSession longer = session(1, "alice", Duration.ofHours(47));
        relays.get(1).tell(List.of(), List.of(), new SessionChanges(0, 2, List.of(longer), List.of()));
        String id = api.get("/v1/sessions").json().at("/items/0/id").asString();
        long before = relay.stateVersion();

        Reply ended = api.post("/v1/sessions/" + id + "/end").expect(200);

        Instant until = HOUR.plus(RelayCredential.LONGEST_LIFE).plusSeconds(60);
        assertThat(ended.text("until")).isEqualTo(until.toString());
        assertThat(relay.stateVersion()).isGreaterThan(before);
        assertThat(relay.revocations()).singleElement().satisfies(revocation -> {
            assertThat(revocation.subject()).contains(new Subject("alice"));
            assertThat(revocation.notBefore().plus(RelayCredential.LONGEST_LIFE))
                    .isEqualTo(until)
                    .isAfter(longer.credentialExpiresAt().orElseThrow());
        });
        api.clock.advance(RelayCredential.LONGEST_LIFE.plusSeconds(59));
        assertThat(relay.revocations()).hasSize(1);
        api.clock.advance(Duration.ofSeconds(1));
        assertThat(relay.revocations()).isEmpty();
        assertThat(api.get("/v1/audit").json().at("/items/0/action").asString()).isEqualTo("session.end");
    }

    @Test
    void tenThousandSessionsComeInPagesOfOneHeartbeat() {
        FakeRelay relay = relays.getFirst();
        long known = 0;
        for (int from = 0; from < 10_000; from += SessionChanges.MOST) {
            List<LiveSession> page = LongStream.rangeClosed(from + 1, from + SessionChanges.MOST)
                    .mapToObj(number -> session(number, "caller-" + number))
                    .toList();
            String heartbeat = relay.heartbeat(
                    List.of(), List.of(), new SessionChanges(known, from + page.size(), page, List.of()));
            assertThat(heartbeat.length()).isLessThan(200_000);
            known = relay.send(heartbeat).sessionsTaken();
        }

        assertThat(known).isEqualTo(10_000);
        assertThat(api.store.<Integer>read(transaction -> transaction
                        .sessions()
                        .page(Optional.of(List.of(DEMO)), Optional.empty(), Integer.MAX_VALUE)
                        .size()))
                .isEqualTo(10_000);
    }

    @Test
    void aRenewedCertificateReachesTheClients() {
        String pin = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        relays.getFirst()
                .send(HeartbeatJson.write(new Heartbeat(
                                "run",
                                7,
                                Optional.empty(),
                                0,
                                false,
                                1,
                                Optional.empty(),
                                List.of(new RelayEndpoint(
                                        Cidr.parse("203.0.113.1").network(),
                                        443,
                                        Set.of(Transport.UDP),
                                        Optional.of("r1.example"),
                                        Optional.of(pin))),
                                List.of(),
                                List.of(),
                                List.of(),
                                SessionChanges.NONE))
                        .toString());

        assertThat(api.dump()).contains(pin);
        assertThat(api.get("/v1/pools/main/addresses").json().get("items").size())
                .isEqualTo(2);
    }

    @Test
    void peaksAreKeptOfEachIngress() {
        relays.get(0).tell(List.of(by(5, 3, 6)), List.of(), SessionChanges.NONE);
        relays.get(1).tell(List.of(by(4, 4, 4)), List.of(), SessionChanges.NONE);
        relays.get(0).tell(List.of(by(1, 0, 3)), List.of(), SessionChanges.NONE);

        assertThat(api.get("/v1/apps/demo/usage/peaks").json().get("items").toString())
                .isEqualTo("""
                    [{"day":"2026-11-22","sessions":16},\
                    {"day":"2026-11-22","ingress":"socks5","sessions":7},\
                    {"day":"2026-11-22","ingress":"turn_udp","sessions":9},\
                    {"day":"2026-11-22","region":"eu","sessions":16},\
                    {"day":"2026-11-22","region":"eu","ingress":"socks5","sessions":7},\
                    {"day":"2026-11-22","region":"eu","ingress":"turn_udp","sessions":9}]\
                    """);
    }

    @Test
    void whatRelaysRefuseIsSummedWhileTheyLive() {
        relays.get(0).refusals =
                List.of(new RefusalCount("over_rate", 7), new RefusalCount("destination_not_allowed", 2));
        relays.get(0).needs(1, 0);
        relays.get(1).refusals = List.of(new RefusalCount("destination_not_allowed", 8));
        relays.get(1).needs(1, 0);

        assertThat(api.store.<List<RefusalCount>>read(
                        transaction -> transaction.load().refusals()))
                .containsExactly(new RefusalCount("destination_not_allowed", 10), new RefusalCount("over_rate", 7));
        assertThat(api.get("/v1/relays").json().at("/items/0/refusals").toString())
                .isEqualTo("[{\"reason\":\"over_rate\",\"count\":7},"
                        + "{\"reason\":\"destination_not_allowed\",\"count\":2}]");
        api.clock.advance(Duration.ofMinutes(1));
        assertThat(api.store.<List<RefusalCount>>read(
                        transaction -> transaction.load().refusals()))
                .isEmpty();
    }

    /// What a relay tells that has sessions by two ingresses.
    private static AppNeed by(long turn, long socks, long peakTurn) {
        return new AppNeed(
                DEMO,
                turn + socks,
                Math.max(turn + socks, peakTurn),
                turn + socks,
                0,
                0,
                List.of(
                        new IngressSessions("socks5", socks, socks),
                        new IngressSessions("turn_udp", turn, Math.max(turn, peakTurn))));
    }

    private static List<Subject> callers(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(number -> new Subject("caller-" + number))
                .toList();
    }

    private static UsageCount usage(String epoch, long bytesToPeer) {
        return new UsageCount(epoch, HOUR, DEMO, "turn_udp", bytesToPeer, 2, 3, 4);
    }

    private static LiveSession session(long number, String subject) {
        return session(number, subject, Duration.ofHours(2));
    }

    private static LiveSession session(long number, String subject, Duration credentialLife) {
        return new LiveSession(
                number,
                DEMO,
                new Subject(subject),
                List.of("turn_udp"),
                Cidr.parse("192.0.2.0/24"),
                Set.of(Endpoint.parse("203.0.113.1:443"), Endpoint.parse("[2001:db8::1]:3478")),
                HOUR,
                Optional.of(HOUR.plus(credentialLife)),
                1,
                2);
    }

    /// A relay that tells what it is made to tell.
    private final class FakeRelay {
        private final String key;
        private long sequence = 1;
        private int sessions;
        String epoch = "run";
        List<RefusalCount> refusals = List.of();

        FakeRelay(String name) {
            this(name, "main");
        }

        FakeRelay(String name, String pool) {
            this.key = api.liveRelay(name, pool, "eu", endpoint("203.0.113." + name.substring(1), 443, "udp"));
        }

        HeartbeatAnswer needs(long sessions, long kbitPerSecond) {
            return tell(
                    List.of(new AppNeed(DEMO, sessions, sessions, sessions, kbitPerSecond, kbitPerSecond, List.of())),
                    List.of(),
                    SessionChanges.NONE);
        }

        /// Some more callers.
        HeartbeatAnswer calls(int from, int to) {
            List<LiveSession> begun = IntStream.rangeClosed(from, to)
                    .mapToObj(number -> session(number, "caller-" + number))
                    .toList();
            SessionChanges changes = new SessionChanges(sessions, sessions + begun.size(), begun, List.of());
            sessions += begun.size();
            return tell(List.of(new AppNeed(DEMO, to, to, to, 0, 0, List.of())), List.of(), changes);
        }

        HeartbeatAnswer tellsNothing() {
            return tell(List.of(), List.of(), SessionChanges.NONE);
        }

        HeartbeatAnswer tell(List<AppNeed> needs, List<UsageCount> usage, SessionChanges sessions) {
            return send(heartbeat(needs, usage, sessions));
        }

        String heartbeat(List<AppNeed> needs, List<UsageCount> usage, SessionChanges sessions) {
            Heartbeat heartbeat = new Heartbeat(
                    epoch,
                    ++sequence,
                    Optional.of("0.1"),
                    1,
                    false,
                    1,
                    Optional.empty(),
                    List.of(),
                    refusals,
                    needs,
                    usage,
                    sessions);
            String text = HeartbeatJson.write(heartbeat).toString();
            assertThat(HeartbeatJson.parse(text)).isEqualTo(heartbeat);
            return text;
        }

        HeartbeatAnswer send(String heartbeat) {
            return HeartbeatJson.parseAnswer(api.send("POST", "/link/heartbeat", key, heartbeat)
                    .expect(200)
                    .json()
                    .toString());
        }

        long stateVersion() {
            return state().get("version").asLong();
        }

        List<Revocation> revocations() {
            return LinkStateJson.parse(state().toString()).revocations();
        }

        private JsonNode state() {
            return api.send("POST", "/link/state", key, "{\"version\": 0}")
                    .expect(200)
                    .json();
        }
    }
}
