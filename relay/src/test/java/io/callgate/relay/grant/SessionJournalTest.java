package io.callgate.relay.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.LiveSession;
import io.callgate.model.SessionChanges;
import io.callgate.model.Subject;
import io.callgate.testkit.FakeClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionJournalTest {
    private static final Sessions.Entry ENTRY = new Sessions.Entry(
            Sessions.Part.ALLOCATION,
            Ingress.TURN_UDP,
            IpAddress.parse("192.0.2.7"),
            Endpoint.parse("203.0.113.1:443"));

    private final SessionJournal journal = SessionJournal.begin();

    @Test
    void nothingToTellIsNothing() {
        assertThat(journal.after(0)).isEqualTo(SessionChanges.NONE);
    }

    @Test
    void whatEndedBeforeAnybodyHeardOfItIsNotTold() {
        journal.onLive(session(1, 0));
        journal.onEnded(1);

        assertThat(journal.after(0)).isEqualTo(new SessionChanges(0, 1, List.of(), List.of()));
    }

    @Test
    void whatMayBeKnownIsToldToHaveEndedUntilThatIsKnown() {
        journal.onLive(session(1, 0));
        long upTo = journal.after(0).upTo(); // the answer is lost
        journal.onEnded(1);

        assertThat(journal.after(0).ended()).containsExactly(1L);
        assertThat(journal.after(upTo)).isEqualTo(new SessionChanges(1, 2, List.of(), List.of(1L)));
        journal.onTaken(2);
        assertThat(journal.after(2)).isEqualTo(new SessionChanges(2, 2, List.of(), List.of()));
    }

    @Test
    void aControlThatHasForgottenIsToldAll() {
        journal.onLive(session(1, 0));
        journal.onLive(session(2, 0));
        journal.onTaken(2);

        assertThat(journal.after(1))
                .isEqualTo(new SessionChanges(0, 2, List.of(session(1, 0), session(2, 0)), List.of()));
        assertThat(journal.after(99).after()).isZero();
    }

    @Test
    void tenThousandSessionsAreTwentyPages() {
        LongStream.rangeClosed(1, 10_000).forEach(number -> journal.onLive(session(number, 0)));

        List<LiveSession> told = new ArrayList<>();
        long known = 0;
        for (int page = 0; page < 20; page++) {
            SessionChanges changes = journal.after(known);
            assertThat(changes.live()).hasSize(SessionChanges.MOST);
            told.addAll(changes.live());
            known = changes.upTo();
            journal.onTaken(known);
        }

        assertThat(told).extracting(LiveSession::number).doesNotHaveDuplicates().hasSize(10_000);
        assertThat(journal.after(known).live()).isEmpty();
    }

    @Test
    void clientsAreToldOfWhenControlAsksAndThoseWhoHaveLeftByThenAreNot() {
        LiveApp app = new LiveApp(
                new AppState(
                        new AppId("demo"),
                        List.of(),
                        List.of(),
                        List.of(),
                        new Limits(1_000, 2, 0, 1, 1, 1, 1),
                        List.of()),
                List.of(),
                TestApps.surroundings(TestApps.NO_HOST, TestApps.NO_ALLOCATIONS),
                new SessionLog(new FakeClock(), record -> {}, new Usage(), journal));
        Grants grants = new Grants();
        List<Grant> opened = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            Identity identity = new Identity(app, new Subject("guest-" + i), Instant.MAX);
            opened.add(((Grants.Opening.Granted) grants.open(identity, ENTRY, 0)).grant());
        }
        opened.subList(0, 250).forEach(grant -> grants.close(grant, 0));
        assertThat(journal.after(0)).isEqualTo(SessionChanges.NONE);

        app.sessions().tell(0);

        SessionChanges changes = journal.after(0);
        assertThat(changes.live())
                .extracting(session -> session.subject().value())
                .hasSize(250)
                .contains("guest-250", "guest-499");
        assertThat(changes.ended()).isEmpty();
        grants.close(opened.getLast(), 0);
        app.sessions().tell(0);
        assertThat(journal.after(changes.upTo()).ended()).hasSize(1);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void whoTakesWhatFollowsEndsUpWithWhatLives(long seed) {
        Random random = new Random(seed);
        TreeMap<Long, LiveSession> live = new TreeMap<>();
        TreeMap<Long, LiveSession> control = new TreeMap<>();
        long known = 0;
        for (int round = 0; round < 3_000; round++) {
            long number = random.nextLong(1, 900);
            if (random.nextBoolean()) {
                live.put(number, session(number, round));
                journal.onLive(session(number, round));
            } else if (live.remove(number) != null) {
                journal.onEnded(number);
            }
            if (random.nextInt(20) == 0) {
                known = take(journal.after(known), control, known);
                if (random.nextInt(3) > 0) { // else the answer is lost
                    journal.onTaken(known);
                }
            }
        }
        for (int page = 0; page < 5; page++) {
            known = take(journal.after(known), control, known);
            journal.onTaken(known);
        }

        assertThat(control).isEqualTo(live);
    }

    /// As control does.
    private static long take(SessionChanges changes, Map<Long, LiveSession> control, long known) {
        if (changes.upTo() == 0 || (changes.after() != 0 && changes.after() != known)) {
            return known;
        }
        if (changes.after() == 0) {
            control.clear();
        }
        changes.live().forEach(session -> control.put(session.number(), session));
        changes.ended().forEach(control::remove);
        return changes.upTo();
    }

    private static LiveSession session(long number, long bytesToPeer) {
        return new LiveSession(
                number,
                new AppId("demo"),
                new Subject("caller-" + number),
                List.of("turn_udp"),
                Cidr.parse("192.0.2.0/24"),
                Set.of(),
                Instant.EPOCH,
                Optional.empty(),
                bytesToPeer,
                0);
    }
}
