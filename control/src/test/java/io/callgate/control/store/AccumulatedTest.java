package io.callgate.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.store.UsageTable.Told;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistEntry;
import io.callgate.model.AppId;
import io.callgate.model.Cidr;
import io.callgate.model.Endpoint;
import io.callgate.model.LiveSession;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.Region;
import io.callgate.model.SessionChanges;
import io.callgate.model.Subject;
import io.callgate.model.Transport;
import io.callgate.model.UsageCount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What grows with time, on both databases: allowlist versions, usage by day, peaks, sites, the audit; and its
/// end.
@ParameterizedClass
@EnumSource(TestDatabase.class)
class AccumulatedTest {
    private static final AppId DEMO = new AppId("demo");
    private static final AppId OTHER = new AppId("other");
    private static final Region EU = new Region("eu");
    private static final Region US = new Region("us");

    @Parameter
    private TestDatabase database = TestDatabase.H2;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Store store;

    @BeforeEach
    void open() {
        store = database.empty();
        change(transaction -> {
            transaction.pools().create("main", Pool.Kind.PRODUCTION, Optional.empty());
            return transaction.apps().create(DEMO, AppSettings.of("x"));
        });
    }

    @Test
    void anAllowlistComesBackAsItWasStored() {
        Instant now = TestDatabase.CLOCK.now();
        AllowlistEntry entry = new AllowlistEntry(
                AllowlistEntry.Direction.OUTBOUND,
                Optional.of("relay.example.com"),
                Optional.of(Cidr.parse("2001:db8::/48")),
                new PortRange(4500, 4650),
                Protocol.UDP,
                "媒体数据交换",
                Optional.of(EU),
                now,
                Optional.of(now.plusSeconds(9)));
        Allowlist list = new Allowlist(Optional.of(DEMO), 1, now, Allowlist.Side.CLIENT, List.of(entry));
        Allowlist empty = new Allowlist(Optional.of(DEMO), 2, now, Allowlist.Side.CLIENT, List.of());

        change(transaction -> {
            transaction.allowlists().add(list);
            transaction.allowlists().add(empty);
            transaction.allowlists().stand(DEMO, new AllowlistTable.Standing(1, 5, 3, now));
            transaction.allowlists().stand(DEMO, new AllowlistTable.Standing(2, 6, 4, now));
            return true;
        });

        assertThat(found(transaction -> transaction.allowlists().find(DEMO, 1))).contains(list);
        assertThat(found(transaction -> transaction.allowlists().find(DEMO, 2))).contains(empty);
        assertThat(found(transaction -> transaction.allowlists().find(DEMO, 3))).isEmpty();
        assertThat(found(transaction -> transaction.allowlists().standing(DEMO)))
                .contains(new AllowlistTable.Standing(2, 6, 4, now));
        assertThat(listed(transaction -> transaction.allowlists().page(DEMO, 2, 10)))
                .containsExactly(new AllowlistTable.Version(1, now, 1));
    }

    @Test
    void usageAddsUpByDayRegionAndIngress() {
        UUID frankfurt = relay("r1", EU);
        UUID newYork = relay("r2", US);
        count(frankfurt, "2026-11-21T23:00:00Z", "turn_udp", 60);
        count(frankfurt, "2026-11-22T00:00:00Z", "turn_udp", 90);
        count(frankfurt, "2026-11-22T23:00:00Z", "turn_udp", 30);
        count(frankfurt, "2026-11-22T05:00:00Z", "socks5", 7);
        count(newYork, "2026-11-22T05:00:00Z", "turn_udp", 8);

        List<DayOfUsage> all = new ArrayList<>();
        Optional<DayOfUsage.Place> after = Optional.empty();
        do {
            Optional<DayOfUsage.Place> place = after;
            List<DayOfUsage> page = read(transaction -> transaction
                    .usage()
                    .days(DEMO, Instant.EPOCH, TestDatabase.CLOCK.now().plus(Duration.ofDays(9)), place, 1));
            all.addAll(page);
            after = page.isEmpty()
                    ? Optional.empty()
                    : Optional.of(DayOfUsage.Place.parse(page.getLast().key()));
        } while (after.isPresent());

        assertThat(all)
                .extracting(day -> day.day().toString().substring(0, 10) + " " + day.region() + " " + day.ingress()
                        + " " + day.sessionSeconds())
                .containsExactly(
                        "2026-11-21 eu turn_udp 60",
                        "2026-11-22 eu socks5 7",
                        "2026-11-22 eu turn_udp 120",
                        "2026-11-22 us turn_udp 8");
    }

    @Test
    void aYearOfUsageIsAddedUpWithoutLimit() {
        UUID relay = relay("r1", EU);
        Instant from = Instant.parse("2025-11-23T00:00:00Z");
        List<UsageCount> told = new ArrayList<>();
        for (int hour = 0; hour < 365 * 24; hour++) {
            for (String ingress : List.of("socks5", "turn_udp")) {
                Instant at = from.plus(Duration.ofHours(hour));
                told.add(new UsageCount("e", at, DEMO, ingress, 1L << 40, 2, 1, 60));
            }
        }
        change(transaction -> {
            transaction
                    .usage()
                    .take(List.of(new Told(transaction.relays().find(relay).orElseThrow(), told)));
            return true;
        });

        List<DayOfUsage> all = listed(transaction -> transaction
                .usage()
                .days(DEMO, from, from.plus(Duration.ofDays(365)), Optional.empty(), Integer.MAX_VALUE));

        assertThat(all).hasSize(365 * 2).allMatch(day -> day.sessions() == 24 && day.bytesToPeer() == 24L << 40);
        assertThat(all.getLast())
                .isEqualTo(new DayOfUsage(
                        Instant.parse("2026-11-22T00:00:00Z"), EU, "turn_udp", 24L << 40, 48, 24, 24 * 60));
    }

    @Test
    void thePeaksOfTheFleetAreByDayAndIngress() {
        Instant from = TestDatabase.CLOCK.now();
        for (long sessions : List.of(3L, 9L, 4L)) {
            change(transaction -> {
                transaction
                        .peaks()
                        .reach(List.of(
                                new PeakTable.Reached(DEMO, Optional.empty(), Optional.empty(), sessions),
                                new PeakTable.Reached(DEMO, Optional.empty(), Optional.of("socks5"), sessions - 2),
                                new PeakTable.Reached(DEMO, Optional.of(EU), Optional.empty(), 100),
                                new PeakTable.Reached(OTHER, Optional.empty(), Optional.empty(), 200)));
                return true;
            });
        }
        Instant today = Instant.parse("2026-11-22T00:00:00Z");

        assertThat(listed(transaction -> transaction.peaks().ofFleet(DEMO, today, from.plusSeconds(1))))
                .containsExactly(
                        new Peak(today, Optional.empty(), Optional.empty(), 9),
                        new Peak(today, Optional.empty(), Optional.of("socks5"), 7));
        assertThat(listed(transaction -> transaction.peaks().ofFleet(DEMO, from.plusSeconds(1), from.plusSeconds(2))))
                .isEmpty();
    }

    @Test
    void aPeakIsTheMostOfItsDay() {
        for (long sessions : List.of(3L, 9L, 4L)) {
            change(transaction -> {
                transaction
                        .peaks()
                        .reach(List.of(
                                new PeakTable.Reached(DEMO, Optional.empty(), Optional.empty(), sessions),
                                new PeakTable.Reached(DEMO, Optional.of(EU), Optional.empty(), sessions - 1),
                                new PeakTable.Reached(DEMO, Optional.of(EU), Optional.of("socks5"), sessions - 2)));
                return true;
            });
        }

        List<Peak> peaks = read(transaction -> transaction
                .peaks()
                .page(DEMO, Instant.EPOCH, TestDatabase.CLOCK.now().plusSeconds(1), Optional.empty(), 10));

        assertThat(peaks).extracting(Peak::sessions).containsExactly(9L, 8L, 7L);
        assertThat(peaks).extracting(Peak::region).containsExactly(Optional.empty(), Optional.of(EU), Optional.of(EU));
        assertThat(listed(transaction -> transaction
                        .peaks()
                        .page(
                                DEMO,
                                Instant.EPOCH,
                                TestDatabase.CLOCK.now().plusSeconds(1),
                                Optional.of(DayOfUsage.Place.parse(peaks.get(1).key())),
                                10)))
                .containsExactly(peaks.getLast());
    }

    @Test
    void aSiteHasReachedWhereItsSessionsWere() {
        UUID first = relay("r1", EU);
        UUID second = relay("r2", EU);
        sessions(first, Set.of(Endpoint.parse("203.0.113.1:443")), "10.1.0.0/24", "10.2.0.0/24", "10.2.0.0/24");
        sessions(second, Set.of(Endpoint.parse("203.0.113.2:443")), "10.1.0.0/24");
        PoolAddress atFirst = address(first, "203.0.113.1/32", "443");
        PoolAddress atSecond = address(second, "203.0.113.2/32", "443");

        assertThat(number(transaction -> transaction.sites().count(DEMO))).isEqualTo(2);
        assertThat(read(transaction -> transaction.sites().reach(DEMO, atFirst)).reached())
                .isEqualTo(2);
        assertThat(listed(transaction -> transaction.sites().missing(DEMO, atFirst, 10)))
                .isEmpty();
        assertThat(listed(transaction -> transaction.sites().missing(DEMO, atSecond, 10)))
                .containsExactly(Cidr.parse("10.2.0.0/24"));
        assertThat(read(transaction ->
                                transaction.sites().reach(DEMO, address(new UUID(0, 1), "203.0.113.1/32", "443")))
                        .lastAt())
                .isEmpty();
    }

    @Test
    void ofARelaysAddressesASiteHasReachedThoseWhereItCameIn() {
        UUID relay = relay("r1", EU);
        sessions(relay, Set.of(Endpoint.parse("203.0.113.1:443"), Endpoint.parse("203.0.113.1:80")), "10.1.0.0/24");
        sessions(relay, Set.of(Endpoint.parse("[2001:db8::1]:443")), "10.2.0.0/24");

        assertThat(List.of(
                        sitesAt(relay, "203.0.113.1/32", "443"),
                        sitesAt(relay, "203.0.113.0/24", "1-443"),
                        sitesAt(relay, "2001:db8::1/128", "443"),
                        sitesAt(relay, "203.0.113.1/32", "444"),
                        sitesAt(relay, "203.0.113.2/32", "443")))
                .containsExactly(1L, 1L, 1L, 0L, 0L);
        assertThat(listed(
                        transaction -> transaction.sites().missing(DEMO, address(relay, "2001:db8::1/128", "443"), 10)))
                .containsExactly(Cidr.parse("10.1.0.0/24"));
    }

    @Test
    void aSiteOfARelayThatDoesNotTellHasReachedAllOfIt() {
        UUID relay = relay("r1", EU);
        sessions(relay, Set.of(), "10.1.0.0/24");

        assertThat(sitesAt(relay, "203.0.113.1/32", "443")).isEqualTo(1);
        assertThat(sitesAt(relay, "203.0.113.2/32", "80")).isEqualTo(1);
    }

    private long sitesAt(UUID relay, String cidr, String ports) {
        return read(transaction -> transaction.sites().reach(DEMO, address(relay, cidr, ports)))
                .reached();
    }

    private static PoolAddress address(UUID relay, String cidr, String ports) {
        return new PoolAddress(
                new UUID(0, 9),
                "main",
                Optional.of(relay),
                Cidr.parse(cidr),
                PortRange.parse(ports),
                Set.of(Transport.UDP),
                EU,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                "media",
                Instant.EPOCH,
                Optional.empty());
    }

    @Test
    void whatIsOlderThanItsRetentionEnds() {
        UUID relay = relay("r1", EU);
        count(relay, "2025-10-01T00:00:00Z", "turn_udp", 60);
        count(relay, "2026-11-21T00:00:00Z", "turn_udp", 60);
        change(transaction -> {
            transaction.audit().add("test", "x");
            return true;
        });

        assertThat(number(transaction -> (long) transaction.retention().days(RetentionTable.Kind.USAGE)))
                .isEqualTo(400);
        assertThat(purged()).isEqualTo(1);
        change(transaction -> {
            transaction.retention().keep(RetentionTable.Kind.USAGE, 1);
            return true;
        });
        assertThat(purged()).isEqualTo(1);
        change(transaction -> {
            transaction.retention().keep(RetentionTable.Kind.USAGE, 400);
            return true;
        });
        assertThat(listed(transaction -> transaction.audit().page(Optional.empty(), 10)))
                .hasSize(1);
    }

    @Test
    void theAuditTellsFromWhereAndWhatChangedAndForgetsSubjects() {
        Subject eve = new Subject("eve");
        store.change(new Actor("operator ann", Optional.of("192.0.2.7")), transaction -> {
            transaction.audit().add("app.change", "demo", "", "{\"a\":1}", "{\"a\":2}");
            transaction.audit().add("app.revoke", "demo", "eve");
            transaction.audit().add("session.end", "demo eve", "relay r1");
            transaction.audit().add("app.token.mint", "demo", "eve");
            transaction.audit().add("app.credential.mint", "demo", "eve");
            transaction.audit().add("app.revoke", "demo", "bob");
            return true;
        });

        AuditEntry change = read(transaction -> transaction.audit().page(Optional.of("demo"), Optional.empty(), 10))
                .getLast();
        assertThat(change.origin()).contains("192.0.2.7");
        assertThat(change.before()).contains("{\"a\":1}");
        assertThat(change.after()).contains("{\"a\":2}");
        assertThat(change.detail()).isEmpty();

        int forgotten = change(transaction -> transaction.audit().forget(DEMO, eve));
        assertThat(forgotten).isEqualTo(4);
        assertThat(read(transaction -> transaction.audit().page(Optional.empty(), 10))
                        .toString())
                .doesNotContain("eve")
                .contains("bob", "relay r1");
    }

    private UUID relay(String name, Region region) {
        return change(transaction -> transaction.relays().create(name, new JoinToken("main", region, Optional.empty())))
                .id();
    }

    private void count(UUID relay, String hour, String ingress, long seconds) {
        change(transaction -> {
            transaction
                    .usage()
                    .take(List.of(new Told(
                            transaction.relays().find(relay).orElseThrow(),
                            List.of(new UsageCount("e", Instant.parse(hour), DEMO, ingress, 1, 2, 1, seconds)))));
            return true;
        });
    }

    private void sessions(UUID relay, Set<Endpoint> reached, String... clients) {
        List<LiveSession> live = new ArrayList<>();
        for (String client : clients) {
            live.add(new LiveSession(
                    live.size() + 1,
                    DEMO,
                    new Subject("eve"),
                    List.of("turn_udp"),
                    Cidr.parse(client),
                    reached,
                    TestDatabase.CLOCK.now(),
                    Optional.empty(),
                    0,
                    0));
        }
        change(transaction -> {
            transaction
                    .fleetUse()
                    .report(List.of(new Reporting(
                            relay,
                            new RelayReport(
                                    "run",
                                    1,
                                    transaction.now(),
                                    Optional.empty(),
                                    1,
                                    false,
                                    0,
                                    1,
                                    Optional.empty(),
                                    List.of()),
                            List.of())));
            return transaction
                    .sessions()
                    .take(relay, 0, new SessionChanges(0, live.size(), live, List.of()), app -> true);
        });
    }

    private <T> T change(Function<Transaction, T> work) {
        return store.change("test", work);
    }

    private int purged() {
        return change(transaction -> transaction.retention().purge());
    }

    private <T> Optional<T> found(Function<Transaction, Optional<T>> work) {
        return store.read(work);
    }

    private <T> List<T> listed(Function<Transaction, List<T>> work) {
        return store.read(work);
    }

    private long number(Function<Transaction, Long> work) {
        return store.read(work);
    }

    private <T> T read(Function<Transaction, T> work) {
        return store.read(work);
    }
}
