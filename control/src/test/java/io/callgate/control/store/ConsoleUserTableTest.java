package io.callgate.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.Region;
import io.callgate.model.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Users, their sessions, and what the overview sums, on both databases.
class ConsoleUserTableTest {
    private static final AppId DEMO = new AppId("demo");
    private static final AppId SHOP = new AppId("shop");
    private static final AppId OLD = new AppId("old");

    @ParameterizedTest
    @EnumSource
    void aUserIsWhatWasMade(TestDatabase database) {
        Store store = database.empty();
        store.change("test", transaction -> {
            transaction.apps().create(DEMO, AppSettings.of("eve"));
            transaction.apps().create(SHOP, AppSettings.of("eve"));
            transaction.consoleUsers().create("olive", Operator.Role.APP_OWNER, List.of(SHOP, DEMO), "stored");
            transaction.consoleUsers().create("adam", Operator.Role.OPERATOR, List.of(), "other");
            return true;
        });

        ConsoleUser olive = store.read(
                transaction -> transaction.consoleUsers().find("olive").orElseThrow());
        assertThat(olive.who().role()).isEqualTo(Operator.Role.APP_OWNER);
        assertThat(olive.who().apps()).containsExactly(DEMO, SHOP);
        assertThat(olive.password()).isEqualTo("stored");
        assertThat(olive.mustChange()).isTrue();
        assertThat(olive.toString()).doesNotContain("stored");
        assertThat(store.<List<ConsoleUser>>read(
                        transaction -> transaction.consoleUsers().page("", 10)))
                .extracting(ConsoleUser::name)
                .containsExactly("adam", "olive");
        assertThat(store.<Long>read(transaction -> transaction.consoleUsers().operators()))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void anOwnersAppsAreReplacedAndGoWithTheOwner(TestDatabase database) {
        Store store = database.empty();
        UUID token = store.change("test", transaction -> {
            transaction.apps().create(DEMO, AppSettings.of("eve"));
            transaction.apps().create(SHOP, AppSettings.of("eve"));
            transaction.consoleUsers().create("olive", Operator.Role.APP_OWNER, List.of(DEMO), "stored");
            return transaction
                    .operatorTokens()
                    .create("otto", Operator.Role.APP_OWNER, List.of(SHOP, DEMO))
                    .id();
        });
        store.change("test", transaction -> {
            transaction.consoleUsers().setApps("olive", List.of(SHOP));
            return true;
        });

        assertThat(store.<Optional<ConsoleUser>>read(
                        transaction -> transaction.consoleUsers().find("olive")))
                .get()
                .extracting(user -> user.who().apps())
                .isEqualTo(List.of(SHOP));
        assertThat(store.<List<Operator>>read(
                        transaction -> transaction.operatorTokens().page(Optional.empty(), 10)))
                .singleElement()
                .extracting(Operator::apps)
                .isEqualTo(List.of(DEMO, SHOP));
        store.change("test", transaction -> {
            assertThat(transaction.consoleUsers().remove("olive")).isTrue();
            assertThat(transaction.operatorTokens().remove(token)).isTrue();
            return true;
        });
        assertThat(database.one("select (select count(*) from console_user_app)"
                        + " + (select count(*) from operator_token_app)"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource
    void ofTwoWhoGiveAnOwnerOtherAppsAtOnceTheSecondPrevails(TestDatabase database) throws Exception {
        Store store = database.empty();
        store.change("test", transaction -> {
            transaction.apps().create(DEMO, AppSettings.of("eve"));
            transaction.apps().create(SHOP, AppSettings.of("eve"));
            transaction.apps().create(OLD, AppSettings.of("eve"));
            transaction.consoleUsers().create("olive", Operator.Role.APP_OWNER, List.of(OLD), "stored");
            return true;
        });

        List<CompletableFuture<List<AppId>>> second = new ArrayList<>();
        store.change("test", transaction -> {
            assertThat(transaction.consoleUsers().findToChange("olive")).isPresent();
            transaction.consoleUsers().setApps("olive", List.of(DEMO));
            second.add(CompletableFuture.supplyAsync(() -> store.change("test", other -> {
                List<AppId> before = other.consoleUsers()
                        .findToChange("olive")
                        .orElseThrow()
                        .who()
                        .apps();
                other.consoleUsers().setApps("olive", List.of(SHOP));
                return before;
            })));
            while (database.waiting() == 0 && !second.getFirst().isDone()) {
                Thread.onSpinWait();
            }
            return true;
        });

        assertThat(second.getFirst().get(20, TimeUnit.SECONDS)).containsExactly(DEMO);
        assertThat(store.<ConsoleUser>read(transaction ->
                                transaction.consoleUsers().find("olive").orElseThrow())
                        .who()
                        .apps())
                .containsExactly(SHOP);
    }

    @ParameterizedTest
    @EnumSource
    void anotherPasswordAndARemovalEndEverySession(TestDatabase database) {
        Store store = database.empty();
        Secret cookie = store.change("test", transaction -> {
            transaction.consoleUsers().create("adam", Operator.Role.OPERATOR, List.of(), "first");
            return transaction.consoleUsers().begin("adam");
        });
        assertThat(use(store, cookie))
                .get()
                .extracting(session -> session.user().name())
                .isEqualTo("adam");

        assertThat(store.<Boolean>change(
                        "test", transaction -> transaction.consoleUsers().setPassword("adam", "second", false)))
                .isTrue();
        assertThat(use(store, cookie)).isEmpty();

        Secret other =
                store.change("test", transaction -> transaction.consoleUsers().begin("adam"));
        assertThat(use(store, other))
                .get()
                .extracting(session -> session.user().mustChange())
                .isEqualTo(false);
        assertThat(store.<Boolean>change(
                        "test", transaction -> transaction.consoleUsers().remove("adam")))
                .isTrue();
        assertThat(use(store, other)).isEmpty();
        assertThat(store.<Boolean>change(
                        "test", transaction -> transaction.consoleUsers().remove("adam")))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aSessionThatNobodyUsesEnds(TestDatabase database) {
        Store store = database.empty();
        Secret cookie = store.change("test", transaction -> {
            transaction.consoleUsers().create("adam", Operator.Role.OPERATOR, List.of(), "first");
            return transaction.consoleUsers().begin("adam");
        });

        TestDatabase.CLOCK.advance(ConsoleUserTable.IDLE.minusSeconds(1));
        assertThat(store.<Boolean>read(transaction -> transaction.consoleUsers().isLive(cookie)))
                .isTrue();
        assertThat(use(store, cookie)).isPresent();
        TestDatabase.CLOCK.advance(ConsoleUserTable.IDLE.minusSeconds(1));
        assertThat(use(store, cookie)).isPresent();
        TestDatabase.CLOCK.advance(ConsoleUserTable.IDLE.plus(Duration.ofSeconds(1)));
        assertThat(store.<Boolean>read(transaction -> transaction.consoleUsers().isLive(cookie)))
                .isFalse();
        assertThat(use(store, cookie)).isEmpty();
        assertThat(use(store, Secret.of("no such cookie"))).isEmpty();

        store.change("test", transaction -> transaction.consoleUsers().begin("adam"));
        assertThat(database.one("select count(*) from console_session")).isEqualTo("1");
    }

    @ParameterizedTest
    @EnumSource
    void theOverviewSumsWhatLivingRelaysCarry(TestDatabase database) {
        Store store = database.empty();
        store.change("test", transaction -> {
            transaction.pools().create("main", Pool.Kind.PRODUCTION, Optional.empty());
            for (String name : List.of("r1", "r2", "silent")) {
                JoinToken terms =
                        new JoinToken("main", new Region(name.equals("r2") ? "asia" : "eu"), Optional.empty());
                BearerToken relay = transaction.relays().create(name, terms);
                if (!name.equals("silent")) {
                    transaction
                            .fleetUse()
                            .report(List.of(new Reporting(
                                    relay.id(),
                                    new RelayReport(
                                            "run",
                                            1,
                                            transaction.now(),
                                            Optional.empty(),
                                            name.equals("r1") ? 40 : 20,
                                            name.equals("r1"),
                                            0,
                                            1,
                                            Optional.empty(),
                                            List.of()),
                                    List.of(
                                            new AppNeed(DEMO, 3, 3, 3, 100, 100, List.of()),
                                            new AppNeed(new AppId("x"), 1, 1, 1, 0, 0, List.of())))));
                }
            }
            return true;
        });

        assertThat(apps(store)).containsExactly(new AppLoad(DEMO, 6, 200), new AppLoad(new AppId("x"), 2, 0));
        assertThat(regions(store))
                .containsExactly(
                        new RegionLoad(new Region("asia"), 1, 1, 0, 20, 4, 100),
                        new RegionLoad(new Region("eu"), 2, 1, 1, 40, 4, 100));

        TestDatabase.CLOCK.advance(RelayTable.SILENCE.plusMillis(1));
        assertThat(apps(store)).isEmpty();
        assertThat(regions(store))
                .containsExactly(
                        new RegionLoad(new Region("asia"), 1, 0, 0, 0, 0, 0),
                        new RegionLoad(new Region("eu"), 2, 0, 0, 0, 0, 0));
    }

    private static List<AppLoad> apps(Store store) {
        return store.read(transaction -> transaction.load().byApp());
    }

    private static List<RegionLoad> regions(Store store) {
        return store.read(transaction -> transaction.load().byRegion());
    }

    private static Optional<ConsoleSession> use(Store store, Secret cookie) {
        return store.change("test", transaction -> transaction.consoleUsers().use(cookie));
    }
}
