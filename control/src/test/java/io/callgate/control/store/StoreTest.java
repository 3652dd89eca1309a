package io.callgate.control.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.UsageTable.Told;
import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.Cidr;
import io.callgate.model.DestinationRule;
import io.callgate.model.Endpoint;
import io.callgate.model.Geofence;
import io.callgate.model.IpAddress;
import io.callgate.model.LiveSession;
import io.callgate.model.ModePolicy;
import io.callgate.model.PortRange;
import io.callgate.model.Region;
import io.callgate.model.RelayCredential;
import io.callgate.model.SdkVersion;
import io.callgate.model.Secret;
import io.callgate.model.SessionChanges;
import io.callgate.model.Subject;
import io.callgate.model.Transport;
import io.callgate.model.UsageCount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/// The contract of the store, on each database.
@ParameterizedClass(name = "{0}")
@EnumSource
class StoreTest {
    private static final AppId DEMO = new AppId("demo");
    private static final AppId OTHER = new AppId("other");
    private static final Region EU = new Region("eu");
    private static final Instant HOUR = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    @Parameter
    private TestDatabase database = TestDatabase.H2;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Store store;

    @BeforeEach
    void open() {
        store = database.empty();
    }

    @Test
    void anAppComesBackAsItWasStored() {
        AppSettings settings = new AppSettings(
                "Ärztin & Söhne \uD83D\uDE00",
                new Quota(10, 5000, 12),
                new Geofence(Geofence.Rule.INCLUDE, Set.of(EU, new Region("us"))),
                List.of("telecom"),
                List.of("main"),
                Optional.of(new Entry(Optional.of("relay.example.com"), List.of(IpAddress.parse("2001:db8::7")), 443)),
                ModePolicy.DEFAULT,
                List.of(
                        DestinationRule.parse("198.51.100.0/24:443,1000-2000/udp"),
                        DestinationRule.parse("sfu.example.com:443/tcp")),
                List.of(Cidr.parse("203.0.113.0/24")),
                Optional.of(new SdkVersion(1, 4, 2)),
                Duration.ofMinutes(30));

        App created = change(transaction -> {
            transaction.pools().create("main", Pool.Kind.PRODUCTION, Optional.empty());
            return transaction.apps().create(DEMO, settings);
        });

        assertThat(one(transaction -> transaction.apps().find(DEMO))).contains(created);
        assertThat(created.settings()).isEqualTo(settings);
        assertThat(created.status()).isEqualTo(AppStatus.REQUESTED);
    }

    @Test
    void ofTwoChangesOfOneRevisionTheSecondIsTold() {
        App app = change(transaction -> transaction.apps().create(DEMO, AppSettings.of("x")));

        Optional<App> first = change(transaction -> transaction.apps().replace(app.withStatus(AppStatus.TRIAL)));
        Optional<App> second = change(transaction -> transaction.apps().replace(app.withStatus(AppStatus.ACTIVE)));

        assertThat(first).map(App::revision).contains(2L);
        assertThat(second).isEmpty();
        assertThat(one(transaction -> transaction.apps().find(DEMO)))
                .map(App::status)
                .contains(AppStatus.TRIAL);
    }

    @Test
    void appsComeInPagesByTheirId() {
        change(transaction -> {
            for (String id : List.of("c", "a", "e", "b", "d")) {
                transaction.apps().create(new AppId(id), AppSettings.of("x"));
            }
            return true;
        });

        assertThat(all(transaction -> transaction.apps().page("", 2)))
                .extracting(app -> app.id().value())
                .containsExactly("a", "b");
        assertThat(all(transaction -> transaction.apps().page("b", 5)))
                .extracting(app -> app.id().value())
                .containsExactly("c", "d", "e");
    }

    @Test
    void appsAreFoundByHowTheirIdBegins() {
        change(transaction -> {
            for (String id : List.of("de_mo", "de-mo", "dexmo", "De_mo", "ade_")) {
                transaction.apps().create(new AppId(id), AppSettings.of("x"));
            }
            return true;
        });

        assertThat(all(transaction -> transaction.apps().beginningWith("de", 5)))
                .extracting(AppId::value)
                .containsExactlyInAnyOrder("de_mo", "de-mo", "dexmo");
        assertThat(all(transaction -> transaction.apps().beginningWith("de_", 5)))
                .extracting(AppId::value)
                .containsExactly("de_mo");
        assertThat(all(transaction -> transaction.apps().beginningWith("", 2))).hasSize(2);
        assertThat(all(transaction -> transaction.apps().beginningWith("%", 5))).isEmpty();
        assertThat(all(transaction -> transaction.apps().beginningWith("de_mo-and-more", 5)))
                .isEmpty();
    }

    @Test
    void aChangeThatFailsLeavesNothing() {
        assertThatThrownBy(() -> change(transaction -> {
                    transaction.apps().create(DEMO, AppSettings.of("x"));
                    throw new IllegalStateException("in the middle");
                }))
                .hasMessage("in the middle");

        assertThat(one(transaction -> transaction.apps().find(DEMO))).isEmpty();
    }

    @Test
    void anAppUsesItsPoolsInItsOrder() {
        App app = change(transaction -> {
            transaction.pools().create("a", Pool.Kind.PRODUCTION, Optional.empty());
            transaction.pools().create("b", Pool.Kind.PRODUCTION, Optional.empty());
            transaction.pools().create("t", Pool.Kind.TRIAL, Optional.empty());
            return activate(transaction, transaction.apps().create(DEMO, AppSettings.of("x")), "b", "a");
        });

        assertThat(all(transaction -> transaction.pools().of(app)))
                .extracting(Pool::id)
                .containsExactly("b", "a");
        assertThat(all(transaction -> transaction.pools().of(app.withStatus(AppStatus.TRIAL))))
                .extracting(Pool::id)
                .containsExactly("t");
    }

    @Test
    void anActiveAppUsesItsPoolsButForThoseThatAreAnnouncedToIt() {
        UUID relay = relay("r1").id();
        Instant now = TestDatabase.CLOCK.now();
        App requested = change(transaction -> {
            transaction.pools().create("next", Pool.Kind.PRODUCTION, Optional.empty());
            transaction.pools().addAddress(address("next", Optional.empty(), "203.0.113.8", now, Optional.empty()));
            transaction
                    .pools()
                    .addAddress(address("next", Optional.empty(), "203.0.113.9", now, Optional.of(now.plus(DAY))));
            return transaction.apps().create(DEMO, AppSettings.of("x").withPools(List.of("main")));
        });
        assertThat(this.<Boolean>read(transaction -> transaction.pools().leads(DEMO)))
                .isFalse();

        App active = change(transaction -> activate(transaction, requested, "main"));
        assertThat(this.<Boolean>read(transaction -> transaction.pools().leads(DEMO)))
                .isTrue();
        App both = change(transaction -> {
            App given = activate(transaction, active, "next", "main");
            transaction.pools().announceTo(DEMO, "next", now.plus(DAY));
            return given;
        });
        App again = change(transaction -> activate(transaction, both, "main", "next"));

        assertThat(this.<Map<String, Instant>>read(
                        transaction -> transaction.pools().announcedTo(again)))
                .containsExactly(Map.entry("next", now.plus(DAY)));
        assertThat(all(transaction -> transaction.pools().addressesFor(again)))
                .extracting(address -> address.cidr() + " " + address.validFrom())
                .containsExactly("203.0.113.1/32 " + now, "203.0.113.8/32 " + now.plus(DAY));
        change(transaction -> {
            transaction.relays().remove(relay);
            return true;
        });
        assertThat(this.<Boolean>read(transaction -> transaction.pools().leads(DEMO)))
                .isFalse();
        TestDatabase.CLOCK.advance(DAY);
        assertThat(this.<Map<String, Instant>>read(
                        transaction -> transaction.pools().announcedTo(again)))
                .isEmpty();
    }

    @Test
    void aPoolServesItsAppsAndNoOthers() {
        change(transaction -> {
            transaction.apps().create(OTHER, AppSettings.of("x"));
            transaction.apps().create(DEMO, AppSettings.of("x"));
            transaction.pools().create("shared", Pool.Kind.PRODUCTION, Optional.empty());
            transaction.pools().create("own", Pool.Kind.PRODUCTION, Optional.of(OTHER));
            transaction.pools().create("try", Pool.Kind.TRIAL, Optional.empty());
            transaction.pools().create("try-own", Pool.Kind.TRIAL, Optional.of(DEMO));
            App other = transaction.apps().find(OTHER).orElseThrow();
            transaction.apps().replace(other.withStatus(AppStatus.TRIAL));
            App demo = transaction.apps().find(DEMO).orElseThrow();
            return activate(transaction, demo, "shared");
        });

        assertThat(servedBy("shared")).containsExactly(DEMO);
        assertThat(servedBy("own")).isEmpty();
        assertThat(servedBy("try")).containsExactly(OTHER);
        assertThat(servedBy("try-own")).isEmpty();
    }

    @Test
    void secretsAreSealedWhereTheyLie() {
        AppSecret made = change(transaction -> {
            transaction.apps().create(DEMO, AppSettings.of("x"));
            return transaction.secrets().add(DEMO, SecretTable.Kind.TOKEN);
        });

        String stored = database.one("select sealed from app_secret");
        assertThat(stored).doesNotContain(made.secret().reveal());
        assertThat(Base64.getDecoder().decode(stored)).hasSize(1 + 12 + 43 + 16);
        assertThat(all(transaction -> transaction.secrets().ofApp(DEMO, SecretTable.Kind.TOKEN)))
                .containsExactly(made);
    }

    @Test
    void aSealedSecretOpensInItsOwnRowOnly() {
        change(transaction -> {
            transaction.apps().create(DEMO, AppSettings.of("x"));
            transaction.apps().create(OTHER, AppSettings.of("x"));
            transaction.secrets().add(DEMO, SecretTable.Kind.TOKEN);
            return transaction.secrets().add(OTHER, SecretTable.Kind.TOKEN);
        });
        String stolen = database.one("select sealed from app_secret where app_id = 'other'");
        database.execute("update app_secret set sealed = '" + stolen + "' where app_id = 'demo'");

        assertThatThrownBy(() -> read(transaction -> transaction.secrets().ofApp(DEMO, SecretTable.Kind.TOKEN)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("does not open");
    }

    @Test
    void anotherSealKeyIsToldAtTheStart() {
        StoreOptions wrongKey = database.options(Secret.of("fedcba9876543210fedcba9876543210"));

        assertThatThrownBy(() -> Store.open(wrongKey).close())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("sealed with another key");
    }

    @Test
    void relaySecretsRotateOnceNoOldCredentialCanLive() {
        change(transaction -> {
            transaction.pools().create("main", Pool.Kind.PRODUCTION, Optional.empty());
            transaction.apps().create(DEMO, AppSettings.of("x"));
            transaction.secrets().ensureInPool(DEMO, "main");
            transaction.secrets().ensureInPool(DEMO, "main");
            return true;
        });
        AppSecret first = ofPool().getFirst();

        assertThat(changeOne(transaction -> transaction.secrets().rotateInPool(DEMO, "main")))
                .isEmpty();
        assertThat(ofPool()).hasSize(2).element(1).isEqualTo(first);
        assertThat(changeOne(transaction -> transaction.secrets().rotateInPool(DEMO, "main")))
                .contains(ofPool().getFirst().createdAt().plus(RelayCredential.LONGEST_LIFE));
        TestDatabase.CLOCK.advance(RelayCredential.LONGEST_LIFE);
        assertThat(changeOne(transaction -> transaction.secrets().rotateInPool(DEMO, "main")))
                .isEmpty();
        assertThat(ofPool()).hasSize(2).doesNotContain(first);
    }

    @Test
    void everyControlGetsTheSameInstallationSecret() throws Exception {
        String name = "test-" + UUID.randomUUID();

        Set<Secret> seen = new HashSet<>(
                inParallel(8, () -> change(transaction -> transaction.settings().secret(name))));

        assertThat(seen).hasSize(1);
    }

    @Test
    void countersCountEveryChange() throws Exception {
        long before = read(transaction -> transaction.counters().read(Counter.STATE));

        inParallel(
                8,
                () -> change(transaction -> {
                    transaction.counters().raise(Counter.STATE);
                    return true;
                }));

        assertThat(this.<Long>read(transaction -> transaction.counters().read(Counter.STATE)))
                .isEqualTo(before + 8);
    }

    @Test
    void aJoinTokenLetsOneRelayIn() throws Exception {
        BearerToken token = change(transaction -> {
            transaction.pools().create("main", Pool.Kind.PRODUCTION, Optional.empty());
            return transaction
                    .relays()
                    .createJoinToken(new JoinToken("main", EU, Optional.of("telecom")), Duration.ofHours(1));
        });
        BearerToken forged = BearerToken.mint(BearerToken.Kind.JOIN, token.id());
        assertThat(changeOne(transaction -> transaction.relays().redeem(forged)))
                .isEmpty();

        List<Optional<JoinToken>> redeemed =
                inParallel(4, () -> change(transaction -> transaction.relays().redeem(token)));

        assertThat(redeemed)
                .filteredOn(Optional::isPresent)
                .containsExactly(Optional.of(new JoinToken("main", EU, Optional.of("telecom"))));
    }

    @Test
    void aJoinTokenExpires() {
        BearerToken token = change(transaction -> {
            transaction.pools().create("main", Pool.Kind.PRODUCTION, Optional.empty());
            return transaction
                    .relays()
                    .createJoinToken(new JoinToken("main", EU, Optional.empty()), Duration.ofHours(1));
        });
        TestDatabase.CLOCK.advance(Duration.ofHours(1));

        assertThat(changeOne(transaction -> transaction.relays().redeem(token))).isEmpty();
    }

    @Test
    void aRelayIsKnownByItsKey() {
        BearerToken key = relay("r1");

        assertThat(one(transaction -> transaction.relays().authenticate(key)))
                .map(RelayNode::name)
                .contains("r1");
        BearerToken forged = BearerToken.mint(BearerToken.Kind.RELAY, key.id());
        assertThat(one(transaction -> transaction.relays().authenticate(forged)))
                .isEmpty();
        assertThat(database.one("select key_hash from relay"))
                .doesNotContain(key.secret().reveal());
    }

    @Test
    void anOlderHeartbeatChangesNothing() {
        UUID relay = relay("r1").id();

        assertThat(beat(relay, "run1", 7, 30, 5)).isTrue();
        assertThat(beat(relay, "run1", 6, 90, 900)).isFalse();
        assertThat(beat(relay, "run1", 7, 90, 900)).isFalse();
        assertThat(read(transaction -> transaction.relays().find(relay)).flatMap(RelayNode::report))
                .hasValueSatisfying(report -> {
                    assertThat(report.loadPercent()).isEqualTo(30);
                    assertThat(report.sessions()).isEqualTo(5);
                });

        assertThat(beat(relay, "run2", 1, 10, 2)).isTrue();
        assertThat(read(transaction -> transaction.relays().find(relay)).flatMap(RelayNode::report))
                .hasValueSatisfying(report -> {
                    assertThat(report.epoch()).isEqualTo("run2");
                    assertThat(report.sessions()).isEqualTo(2);
                });
    }

    @Test
    void sessionsCountOnLivingRelaysOnly() {
        UUID first = relay("r1").id();
        UUID second = relay("r2").id();
        beat(first, "a", 1, 0, 5);
        TestDatabase.CLOCK.advance(Duration.ofSeconds(10));
        beat(second, "b", 1, 0, 3);

        assertThat(this.<Long>read(transaction -> transaction.relays().liveSessions(DEMO)))
                .isEqualTo(8);
        TestDatabase.CLOCK.advance(Duration.ofSeconds(6));
        assertThat(this.<Long>read(transaction -> transaction.relays().liveSessions(DEMO)))
                .isEqualTo(3);
    }

    @Test
    void aRelayNeedsNothingForAnAppThatItNamesNoMore() {
        UUID relay = relay("r1").id();
        beat(relay, "a", 1, 0, 5);

        TestDatabase.CLOCK.advance(Duration.ofSeconds(5));
        change(transaction -> transaction
                .fleetUse()
                .report(List.of(new Reporting(relay, report(transaction, "a", 2, 0), List.of()))));

        assertThat(this.<Long>read(transaction -> transaction.relays().liveSessions(DEMO)))
                .isZero();
    }

    @Test
    void whatTheFleetNeedsIsCountedOverRelaysThatLive() {
        UUID first = relay("r1").id();
        UUID second = relay("r2").id();
        relay("r3"); // never reported
        beat(first, "a", 1, 0, 5);
        beat(second, "b", 1, 0, 3);

        FleetUse fleet = read(transaction -> transaction.fleetUse().of(List.of(DEMO, OTHER)));
        assertThat(fleet.need("main", DEMO)).contains(new FleetNeed(DEMO, 2, 8, 8, 200, 400));
        assertThat(fleet.need("main", OTHER)).isEmpty();
        // A relay of another pool that has the app's sessions counts too; one without does not.
        assertThat(fleet.need("other", DEMO)).contains(new FleetNeed(DEMO, 2, 8, 8, 200, 400));
    }

    @Test
    void usageCountsOnceHoweverOftenAndInWhateverOrderItIsTold() {
        RelayNode relay = node(relay("r1").id());
        UsageCount early = usage("run1", 0, "turn_udp", 100);
        UsageCount late = usage("run1", 0, "turn_udp", 250);

        for (List<UsageCount> told :
                List.of(List.of(early), List.of(late), List.of(late), List.of(early), List.<UsageCount>of())) {
            change(transaction -> {
                transaction.usage().take(List.of(new Told(relay, told)));
                return true;
            });
        }

        assertThat(usage()).extracting(HourOfUsage::bytesToPeer).containsExactly(250L);
    }

    @Test
    void pagesOfUsageAreWholeHoweverManyRunsOfARelayCounted() {
        RelayNode relay = node(relay("r1").id());
        List<UsageCount> told = new ArrayList<>();
        for (int hour = 0; hour < 60; hour += 4) {
            for (int run = 0; run < 7; run++) {
                told.add(usage("run" + run, hour, "turn_udp", 1));
                told.add(usage("run" + run, hour, "socks5", 10));
            }
        }
        change(transaction -> {
            transaction.usage().take(List.of(new Told(relay, told)));
            return true;
        });
        Instant end = HOUR.plus(DAY.multipliedBy(4));

        List<HourOfUsage> hours = new ArrayList<>();
        Optional<HourOfUsage.Key> lastHour = Optional.empty();
        do {
            Optional<HourOfUsage.Key> after = lastHour;
            List<HourOfUsage> page = all(transaction -> transaction.usage().page(DEMO, HOUR, end, after, 2));
            hours.addAll(page);
            lastHour = page.isEmpty()
                    ? Optional.empty()
                    : Optional.of(page.getLast().key());
        } while (lastHour.isPresent());
        assertThat(hours)
                .hasSize(30)
                .isEqualTo(all(transaction -> transaction.usage().page(DEMO, HOUR, end, Optional.empty(), 1000)));
        assertThat(hours).extracting(HourOfUsage::bytesToPeer).containsOnly(7L, 70L);

        List<DayOfUsage> days = new ArrayList<>();
        Optional<DayOfUsage.Place> lastDay = Optional.empty();
        do {
            Optional<DayOfUsage.Place> after = lastDay;
            List<DayOfUsage> page = all(transaction -> transaction.usage().days(DEMO, HOUR, end, after, 1));
            days.addAll(page);
            lastDay = page.isEmpty()
                    ? Optional.empty()
                    : Optional.of(DayOfUsage.Place.parse(page.getLast().key()));
        } while (lastDay.isPresent());
        assertThat(days)
                .isEqualTo(all(transaction -> transaction.usage().days(DEMO, HOUR, end, Optional.empty(), 1000)));
        assertThat(days.stream().mapToLong(DayOfUsage::bytesToPeer).sum()).isEqualTo(15 * 77);
    }

    @Test
    void usageIsKeptByHourRelayAndIngressOverAllRuns() {
        RelayNode first = node(relay("r1").id());
        RelayNode second = node(relay("r2").id());
        change(transaction -> {
            transaction
                    .usage()
                    .take(List.of(
                            new Told(
                                    first,
                                    List.of(
                                            usage("run1", 0, "turn_udp", 1),
                                            usage("run2", 0, "turn_udp", 2),
                                            usage("run2", 0, "socks5", 4),
                                            usage("run2", 1, "turn_udp", 8))),
                            new Told(second, List.of(usage("run", 1, "turn_udp", 16)))));
            return true;
        });
        change(transaction -> {
            transaction.relays().remove(second.id());
            return true;
        });

        List<HourOfUsage> all = usage();
        assertThat(all)
                .extracting(HourOfUsage::relay, row -> row.key().ingress(), HourOfUsage::bytesToPeer)
                .containsExactly(
                        tuple("r1", "socks5", 4L),
                        tuple("r1", "turn_udp", 3L),
                        tuple("r1", "turn_udp", 8L),
                        tuple("r2", "turn_udp", 16L));
        HourOfUsage second1 = all.get(1);
        assertThat(second1)
                .extracting(HourOfUsage::sessions, HourOfUsage::sessionSeconds)
                .containsExactly(4L, 60L);
        assertThat(all(transaction -> transaction
                        .usage()
                        .page(
                                DEMO,
                                Instant.EPOCH,
                                HOUR.plus(DAY),
                                Optional.of(HourOfUsage.Key.parse(second1.key().toString())),
                                10)))
                .isEqualTo(all.subList(2, 4));
        assertThat(all(transaction -> transaction
                        .usage()
                        .page(DEMO, HOUR.plus(UsageCount.HOUR), HOUR.plus(DAY), Optional.empty(), 10)))
                .isEqualTo(all.subList(2, 4));
    }

    @Test
    void sessionsFollowTheChangesThatTheirRelayTells() {
        UUID relay = relay("r1").id();
        beat(relay, "run", 1, 0, 0);

        assertThat(take(relay, 0, 2, List.of(session(1, "alice", 0), session(2, "bob", 0))))
                .isEqualTo(2);
        UUID alice = sessions().getFirst().id();
        assertThat(take(relay, 2, 4, List.of(session(1, "alice", 7)), 2L, 99L)).isEqualTo(4);

        assertThat(sessions()).singleElement().satisfies(known -> {
            assertThat(known.id()).isEqualTo(alice);
            assertThat(known.relay()).isEqualTo("r1");
            assertThat(known.session()).isEqualTo(session(1, "alice", 7));
        });
        assertThat(one(transaction -> transaction.sessions().find(alice))).isPresent();
    }

    @Test
    void changesThatDoNotFollowWhatIsKnownAreNotTaken() {
        UUID relay = relay("r1").id();
        beat(relay, "run", 1, 0, 0);
        take(relay, 0, 2, List.of(session(1, "alice", 0)));

        assertThat(take(relay, 5, 6, List.of(session(9, "carol", 0)))).isEqualTo(2);
        assertThat(take(relay, 0, 0, List.of())).isEqualTo(2); // nothing told
        assertThat(sessions()).hasSize(1);

        // It tells all anew.
        assertThat(take(relay, 0, 7, List.of(session(9, "carol", 0)))).isEqualTo(7);
        assertThat(sessions())
                .extracting(known -> known.session().subject().value())
                .containsExactly("carol");
    }

    @Test
    void anotherRunOfARelayHasNoneOfTheSessionsBefore() {
        UUID relay = relay("r1").id();
        beat(relay, "run1", 1, 0, 0);
        take(relay, 0, 2, List.of(session(1, "alice", 0)));

        beat(relay, "run2", 1, 0, 0);

        assertThat(take(relay, 0, 0, List.of())).isZero();
        assertThat(sessions()).isEmpty();
    }

    @Test
    void aRelayTellsNoSessionsOfAnAppThatIsNotItsOwn() {
        UUID relay = relay("r1").id();
        beat(relay, "run", 1, 0, 0);

        change(transaction -> transaction
                .sessions()
                .take(relay, 0, new SessionChanges(0, 1, List.of(session(1, "alice", 0)), List.of()), OTHER::equals));

        assertThat(sessions()).isEmpty();
    }

    @Test
    void sessionsOfASilentRelayAreNotShown() {
        UUID relay = relay("r1").id();
        beat(relay, "run", 1, 0, 0);
        take(relay, 0, 1, List.of(session(1, "alice", 0)));

        TestDatabase.CLOCK.advance(Duration.ofSeconds(16));
        assertThat(sessions()).isEmpty();
        beat(relay, "run", 2, 0, 0);
        assertThat(sessions()).hasSize(1);
        change(transaction -> {
            transaction.relays().remove(relay);
            return true;
        });
        assertThat(sessions()).isEmpty();
    }

    @Test
    void aSubjectIsForgottenAtSilentRelaysAlone() {
        UUID silent = relay("r1").id();
        UUID alive = relay("r2").id();
        beat(silent, "run", 1, 0, 0);
        take(silent, 0, 2, List.of(session(1, "alice", 0), session(2, "bob", 0)));
        TestDatabase.CLOCK.advance(Duration.ofSeconds(16));
        beat(alive, "run", 1, 0, 0);
        take(alive, 0, 1, List.of(session(1, "alice", 0)));

        assertThat(this.<Integer>read(transaction -> transaction.sessions().count(DEMO, new Subject("alice"))))
                .isEqualTo(1);
        change(transaction -> {
            transaction.sessions().forget(DEMO, new Subject("alice"));
            return true;
        });

        beat(silent, "run", 2, 0, 0);
        assertThat(sessions())
                .extracting(known -> known.relay() + " " + known.session().subject())
                .containsExactlyInAnyOrder("r1 bob", "r2 alice");
        assertThat(this.<Map<UUID, Long>>read(
                        transaction -> transaction.sessions().known(Set.of(silent, alive))))
                .containsOnly(Map.entry(silent, 0L), Map.entry(alive, 1L));
    }

    @Test
    void sessionsComeInPagesAndByApp() {
        UUID relay = relay("r1").id();
        beat(relay, "run", 1, 0, 0);
        take(relay, 0, 3, List.of(session(1, "a", 0), session(2, "b", 0), session(3, "c", 0)));

        List<KnownSession> first =
                all(transaction -> transaction.sessions().page(Optional.of(List.of(DEMO)), Optional.empty(), 2));
        List<KnownSession> rest = all(transaction -> transaction
                .sessions()
                .page(Optional.of(List.of(DEMO)), Optional.of(first.getLast().id()), 2));

        assertThat(first).extracting(known -> known.session().number()).containsExactly(1L, 2L);
        assertThat(rest).extracting(known -> known.session().number()).containsExactly(3L);
        assertThat(all(transaction -> transaction.sessions().page(Optional.of(List.of(OTHER)), Optional.empty(), 2)))
                .isEmpty();
    }

    @Test
    void anExcessIsNewsOnceAndKeepsItsPeak() {
        assertThat(excess(11)).isTrue();
        TestDatabase.CLOCK.advance(Duration.ofSeconds(30));
        assertThat(excess(14)).isFalse();
        TestDatabase.CLOCK.advance(Duration.ofSeconds(30));
        assertThat(excess(12)).isFalse();

        List<Excess> known = all(transaction -> transaction.excesses().page(DEMO, Optional.empty(), 10));
        assertThat(known).singleElement().satisfies(one -> {
            assertThat(one.agreed()).isEqualTo(10);
            assertThat(one.peak()).isEqualTo(14);
            assertThat(Duration.between(one.firstAt(), one.lastAt())).isEqualTo(Duration.ofMinutes(1));
        });

        TestDatabase.CLOCK.advance(Duration.ofHours(1));
        assertThat(excess(13)).isTrue();
        List<Excess> both = all(transaction -> transaction.excesses().page(DEMO, Optional.empty(), 10));
        assertThat(both).extracting(Excess::peak).containsExactly(13L, 14L);
        assertThat(all(transaction -> transaction
                        .excesses()
                        .page(
                                DEMO,
                                Optional.of(
                                        Excess.Key.parse(both.getFirst().key().toString())),
                                10)))
                .isEqualTo(known);
    }

    @Test
    void clientsAreLedToRelaysThatLiveAndDoNotDrain() {
        UUID relay = relay("r1").id();
        assertThat(livePlaces()).isEmpty();

        beat(relay, "a", 1, 42, 0);
        assertThat(livePlaces()).singleElement().satisfies(place -> {
            assertThat(place.relay()).isEqualTo("r1");
            assertThat(place.loadPercent()).isEqualTo(42);
            assertThat(place.address().cidr()).isEqualTo(Cidr.parse("203.0.113.1"));
            assertThat(place.address().spki()).contains("pin");
        });

        change(transaction -> {
            transaction.relays().drain(relay, 0);
            return true;
        });
        assertThat(livePlaces()).isEmpty();
        change(transaction -> {
            transaction.relays().resume(relay);
            return true;
        });
        assertThat(livePlaces()).hasSize(1);
        TestDatabase.CLOCK.advance(RelayTable.SILENCE.plusMillis(1));
        assertThat(livePlaces()).isEmpty();
    }

    @Test
    void anAddressServesFromItsDayToItsEnd() {
        UUID relay = relay("r1").id();
        Instant now = TestDatabase.CLOCK.now();
        change(transaction -> transaction
                .pools()
                .addAddress(address(
                        "main", relay, "203.0.113.99", now.plusSeconds(60), Optional.of(now.plusSeconds(120)))));

        assertThat(placesAfter(relay, 0)).doesNotContain("203.0.113.99");
        assertThat(placesAfter(relay, 60)).contains("203.0.113.99");
        assertThat(placesAfter(relay, 60)).doesNotContain("203.0.113.99");
    }

    /// For firewalls to open before a relay stands there.
    @Test
    void anAddressIsPublishedBeforeItsRelay() {
        relay("r1");
        Instant now = TestDatabase.CLOCK.now();

        PoolAddress published = change(transaction -> transaction
                .pools()
                .addAddress(address("main", Optional.empty(), "203.0.113.99", now, Optional.empty())));

        assertThat(published.relay()).isEmpty();
        assertThat(published.cidr()).isEqualTo(Cidr.parse("203.0.113.99"));
    }

    @Test
    void theAddressesOfAllPoolsComeByPoolAndAge() {
        Instant now = TestDatabase.CLOCK.now();
        change(transaction -> {
            for (String pool : List.of("b", "a", "c", "none")) {
                transaction.pools().create(pool, Pool.Kind.PRODUCTION, Optional.empty());
            }
            for (String each : List.of("b 203.0.113.4", "a 203.0.113.9", "c 203.0.113.1", "a 203.0.113.2")) {
                String[] word = each.split(" ", 2);
                transaction.pools().addAddress(address(word[0], Optional.empty(), word[1], now, Optional.empty()));
            }
            return true;
        });

        List<PoolAddress> found = new ArrayList<>();
        List<PoolAddress> page;
        PoolTable.Place after = PoolTable.Place.FIRST;
        do {
            PoolTable.Place place = after;
            page = all(transaction -> transaction.pools().addressesOfAll(place, 1));
            found.addAll(page);
            after = page.isEmpty()
                    ? after
                    : new PoolTable.Place(
                            page.getFirst().pool(), page.getFirst().id());
        } while (!page.isEmpty());

        assertThat(found)
                .extracting(address -> address.pool() + " " + address.cidr().network())
                .containsExactly("a 203.0.113.9", "a 203.0.113.2", "b 203.0.113.4", "c 203.0.113.1");
        assertThat(all(transaction -> transaction.pools().addressesOfAll(PoolTable.Place.FIRST, 3)))
                .hasSize(3);
        assertThat(all(transaction -> transaction.pools().names()))
                .contains("none")
                .startsWith("a", "b", "c");
    }

    @Test
    void aRemovedRelayLeavesItsAddressesPublished() {
        UUID relay = relay("r1").id();
        beat(relay, "a", 1, 0, 3);

        change(transaction -> {
            transaction.relays().remove(relay);
            return true;
        });

        assertThat(one(transaction -> transaction.relays().find(relay))).isEmpty();
        assertThat(all(transaction -> transaction.pools().addresses("main", Optional.empty(), 10)))
                .singleElement()
                .satisfies(address -> assertThat(address.relay()).isEmpty());
    }

    @Test
    void aMovedRelayTakesItsAddressesAlong() {
        UUID relay = relay("r1").id();

        change(transaction -> {
            transaction.pools().create("next", Pool.Kind.PRODUCTION, Optional.empty());
            transaction.relays().move(relay, "next");
            return true;
        });

        assertThat(all(transaction -> transaction.pools().addresses("next", Optional.empty(), 10)))
                .hasSize(1);
        assertThat(this.<Boolean>read(transaction -> transaction.pools().isUsed("main")))
                .isFalse();
    }

    @Test
    void aUidIsRefusedUntilItsLongestCredentialHasExpired() {
        change(transaction -> transaction.apps().create(DEMO, AppSettings.of("x")));
        Subject eve = new Subject("eve");
        UidRevocation revocation =
                change(transaction -> transaction.revocations().revoke(DEMO, eve));

        assertThat(one(transaction -> transaction.revocations().refusedUntil(DEMO, eve)))
                .contains(revocation.expiresAt());
        assertThat(one(transaction -> transaction.revocations().refusedUntil(DEMO, new Subject("bob"))))
                .isEmpty();
        assertThat(all(transaction -> transaction.revocations().all(DEMO))).containsExactly(revocation);
        assertThat(revocation.forRelays().notBefore().plus(RelayCredential.LONGEST_LIFE))
                .isEqualTo(revocation.expiresAt())
                .isAfter(TestDatabase.CLOCK.now().plus(RelayCredential.LONGEST_LIFE));
        TestDatabase.CLOCK.advance(RelayCredential.LONGEST_LIFE.plusSeconds(60));
        assertThat(one(transaction -> transaction.revocations().refusedUntil(DEMO, eve)))
                .isEmpty();
        assertThat(all(transaction -> transaction.revocations().all(DEMO))).isEmpty();
    }

    @Test
    void aUidHasOneRevocationOfWhichRelaysHearWhenItLastsForLonger() {
        change(transaction -> transaction.apps().create(DEMO, AppSettings.of("x")));
        Subject eve = new Subject("eve");
        UidRevocation first = change(transaction -> transaction.revocations().revoke(DEMO, eve));
        long told = stateVersion();

        assertThat(this.<UidRevocation>change(
                        transaction -> transaction.revocations().revoke(DEMO, eve)))
                .isEqualTo(first);
        assertThat(stateVersion()).isEqualTo(told);

        TestDatabase.CLOCK.advance(Duration.ofMinutes(1));
        UidRevocation longer = change(transaction -> transaction.revocations().revoke(DEMO, eve));
        assertThat(longer.id()).isEqualTo(first.id());
        assertThat(longer.expiresAt()).isEqualTo(first.expiresAt().plusSeconds(60));
        assertThat(all(transaction -> transaction.revocations().all(DEMO))).containsExactly(longer);
        assertThat(stateVersion()).isEqualTo(told + 1);
    }

    @Test
    void twoWhoRefuseAUidAtOnceRefuseItOnce() throws InterruptedException, ExecutionException {
        change(transaction -> transaction.apps().create(DEMO, AppSettings.of("x")));

        List<UidRevocation> made = inParallel(
                4,
                () -> store.change(
                        "test", transaction -> transaction.revocations().revoke(DEMO, new Subject("eve"))));

        assertThat(new HashSet<>(made)).hasSize(1);
        assertThat(all(transaction -> transaction.revocations().all(DEMO))).hasSize(1);
    }

    @Test
    void anAppIsFullOfRevocationsUntilTheFirstEnds() {
        Subject eve = new Subject("eve");
        Subject first = new Subject("uid-1");
        UidRevocation ends = change(transaction -> {
            transaction.apps().create(DEMO, AppSettings.of("x"));
            return transaction.revocations().revoke(DEMO, first);
        });
        TestDatabase.CLOCK.advance(Duration.ofMinutes(2));
        change(transaction -> {
            for (int uid = 2; uid <= RevocationTable.MOST; uid++) {
                assertThat(transaction.revocations().fullUntil(DEMO, eve)).isEmpty();
                transaction.revocations().revoke(DEMO, new Subject("uid-" + uid));
            }
            return true;
        });

        assertThat(one(transaction -> transaction.revocations().fullUntil(DEMO, eve)))
                .contains(ends.expiresAt());
        assertThat(one(transaction -> transaction.revocations().fullUntil(DEMO, first)))
                .isEmpty();
        assertThat(one(transaction -> transaction.revocations().fullUntil(OTHER, eve)))
                .isEmpty();
        TestDatabase.CLOCK.advance(RelayCredential.LONGEST_LIFE.minusSeconds(60));
        assertThat(one(transaction -> transaction.revocations().fullUntil(DEMO, eve)))
                .isEmpty();
    }

    @Test
    void anEndedLeaseIsRememberedUntilItCouldNotBeRenewedAnyway() {
        UUID lease = UUID.randomUUID();
        Instant end = TestDatabase.CLOCK.now().plusSeconds(60);
        for (int twice = 0; twice < 2; twice++) {
            change(transaction -> {
                transaction.revocations().endLease(lease, end);
                return true;
            });
        }

        assertThat(this.<Boolean>read(transaction -> transaction.revocations().isEnded(lease)))
                .isTrue();
        TestDatabase.CLOCK.advance(Duration.ofSeconds(60));
        change(transaction -> {
            transaction.revocations().endLease(UUID.randomUUID(), TestDatabase.CLOCK.now());
            return true;
        });
        assertThat(this.<Boolean>read(transaction -> transaction.revocations().isEnded(lease)))
                .isFalse();
    }

    @Test
    void theAuditTellsTheNewestFirst() {
        for (String action : List.of("one", "two", "three")) {
            store.change("operator eve", transaction -> {
                transaction.audit().add(action, "demo", "because of " + action);
                return true;
            });
        }

        List<AuditEntry> page = read(transaction -> transaction.audit().page(Optional.empty(), 2));
        assertThat(page).extracting(AuditEntry::action).containsExactly("three", "two");
        assertThat(page.getFirst().actor()).isEqualTo("operator eve");
        assertThat(page.getFirst().detail()).contains("because of three");
        assertThat(all(transaction ->
                        transaction.audit().page(Optional.of(page.getLast().id()), 2)))
                .extracting(AuditEntry::action)
                .containsExactly("one");
    }

    @Test
    void anOperatorIsKnownByAToken() {
        BearerToken token = change(transaction -> transaction.operatorTokens().create("eve", Operator.Role.VIEWER));

        assertThat(one(transaction -> transaction.operatorTokens().authenticate(token)))
                .map(Operator::role)
                .contains(Operator.Role.VIEWER);
        assertThat(database.one("select hash from operator_token")).hasSize(64);
        change(transaction -> transaction.operatorTokens().remove(token.id()));
        assertThat(one(transaction -> transaction.operatorTokens().authenticate(token)))
                .isEmpty();
    }

    private <T> T read(Function<Transaction, T> work) {
        return store.read(work);
    }

    private <T> Optional<T> one(Function<Transaction, Optional<T>> query) {
        return store.read(query);
    }

    private <T> List<T> all(Function<Transaction, List<T>> query) {
        return store.read(query);
    }

    private <T> Optional<T> changeOne(Function<Transaction, Optional<T>> work) {
        return store.change("test", work);
    }

    private <T> T change(Function<Transaction, T> work) {
        return store.change("test", work);
    }

    private static App activate(Transaction transaction, App app, String... pools) {
        AppSettings old = app.settings();
        AppSettings settings = AppSettingsJson.merge(
                old, AppSettingsJson.write(old).set("pools", JsonMapper.shared().valueToTree(pools)));
        App changed = app.withSettings(settings).withStatus(AppStatus.ACTIVE);
        return transaction.apps().replace(changed).orElseThrow();
    }

    private List<AppId> servedBy(String pool) {
        return read(transaction -> transaction
                        .apps()
                        .servedBy(transaction.pools().find(pool).orElseThrow()))
                .stream()
                .map(App::id)
                .toList();
    }

    private List<AppSecret> ofPool() {
        return read(transaction -> transaction.secrets().ofPool(DEMO, "main"));
    }

    private List<LivePlace> livePlaces() {
        return read(transaction -> transaction.relays().livePlaces(List.of("main", "no-such")));
    }

    private List<String> placesAfter(UUID relay, int seconds) {
        TestDatabase.CLOCK.advance(Duration.ofSeconds(seconds));
        beat(relay, "e" + TestDatabase.CLOCK.now().getEpochSecond(), 1, 0, 0);
        return livePlaces().stream()
                .map(place -> place.address().cidr().network().toString())
                .toList();
    }

    private boolean beat(UUID relay, String epoch, long sequence, int loadPercent, long sessions) {
        return change(transaction -> !transaction
                .fleetUse()
                .report(List.of(new Reporting(
                        relay,
                        report(transaction, epoch, sequence, loadPercent),
                        List.of(new AppNeed(DEMO, sessions, sessions, sessions, 100, 200, List.of())))))
                .isEmpty());
    }

    private static RelayReport report(Transaction transaction, String epoch, long sequence, int loadPercent) {
        return new RelayReport(
                epoch,
                sequence,
                transaction.now(),
                Optional.of("0.1"),
                loadPercent,
                false,
                0,
                1,
                Optional.empty(),
                List.of());
    }

    private RelayNode node(UUID relay) {
        return one(transaction -> transaction.relays().find(relay)).orElseThrow();
    }

    private static UsageCount usage(String epoch, int hour, String ingress, long bytesToPeer) {
        return new UsageCount(
                epoch, HOUR.plus(UsageCount.HOUR.multipliedBy(hour)), DEMO, ingress, bytesToPeer, 9, 2, 30);
    }

    private List<HourOfUsage> usage() {
        return all(transaction ->
                transaction.usage().page(DEMO, HOUR, HOUR.plus(DAY), Optional.empty(), Integer.MAX_VALUE));
    }

    private static LiveSession session(long number, String subject, long bytesToPeer) {
        return new LiveSession(
                number,
                DEMO,
                new Subject(subject),
                List.of("turn_udp", "socks5"),
                Cidr.parse("192.0.2.0/24"),
                number % 2 == 0
                        ? Set.of()
                        : Set.of(Endpoint.parse("203.0.113.1:443"), Endpoint.parse("[2001:db8::1]:3478")),
                HOUR.plusSeconds(number),
                number % 2 == 0 ? Optional.empty() : Optional.of(HOUR.plusSeconds(3_600)),
                bytesToPeer,
                2);
    }

    private long take(UUID relay, long after, long upTo, List<LiveSession> live, Long... ended) {
        return change(transaction -> transaction
                .sessions()
                .take(
                        relay,
                        transaction.sessions().known(Set.of(relay)).getOrDefault(relay, 0L),
                        new SessionChanges(after, upTo, live, List.of(ended)),
                        DEMO::equals));
    }

    private long stateVersion() {
        return read(transaction -> transaction.counters().read(Counter.STATE));
    }

    private List<KnownSession> sessions() {
        return all(transaction -> transaction.sessions().page(Optional.empty(), Optional.empty(), 100));
    }

    private boolean excess(long reached) {
        return change(transaction -> transaction.excesses().add(DEMO, Excess.Kind.SESSIONS, 10, reached));
    }

    /// A relay of pool `main` with one address.
    private BearerToken relay(String name) {
        return change(transaction -> {
            if (transaction.pools().find("main").isEmpty()) {
                transaction.pools().create("main", Pool.Kind.PRODUCTION, Optional.empty());
            }
            BearerToken key = transaction.relays().create(name, new JoinToken("main", EU, Optional.empty()));
            String literal = "203.0.113." + name.substring(1);
            transaction.pools().addAddress(address("main", key.id(), literal, transaction.now(), Optional.empty()));
            return key;
        });
    }

    private static PoolAddress address(
            String pool, UUID relay, String literal, Instant validFrom, Optional<Instant> validUntil) {
        return address(pool, Optional.of(relay), literal, validFrom, validUntil);
    }

    private static PoolAddress address(
            String pool, Optional<UUID> relay, String literal, Instant validFrom, Optional<Instant> validUntil) {
        return new PoolAddress(
                new UUID(0, 0),
                pool,
                relay,
                Cidr.parse(literal),
                PortRange.of(443),
                Set.of(Transport.UDP, Transport.TLS),
                EU,
                Optional.empty(),
                Optional.empty(),
                Optional.of("relay.example.com"),
                Optional.of("pin"),
                "test",
                validFrom,
                validUntil);
    }

    private static <T> List<T> inParallel(int threads, Callable<T> work)
            throws InterruptedException, ExecutionException {
        try (var executor = Executors.newFixedThreadPool(threads)) {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(executor.submit(work));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        }
    }
}
