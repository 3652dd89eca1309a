package io.callgate.control.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.store.App;
import io.callgate.control.store.AppSettings;
import io.callgate.control.store.AppStatus;
import io.callgate.control.store.BearerToken;
import io.callgate.control.store.JoinToken;
import io.callgate.control.store.Pool;
import io.callgate.control.store.Store;
import io.callgate.control.store.TestDatabase;
import io.callgate.control.store.Transaction;
import io.callgate.control.store.WatchedDatabase;
import io.callgate.model.AppId;
import io.callgate.model.LinkState;
import io.callgate.model.LinkStateJson;
import io.callgate.model.Region;
import io.callgate.model.Subject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What it costs to tell the relays of a pool their state, on both databases.
@ParameterizedClass
@EnumSource(TestDatabase.class)
@SuppressWarnings("NullAway.Init") // set before each test
class PoolStatesTest {
    /// As many as the store has.
    private static final int CONNECTIONS = 10;

    private static final String SECRETS = "from app_secret";
    private static final String COUNTER = "from counter";

    @Parameter
    private TestDatabase database = TestDatabase.H2;

    private final Queue<String> statements = new ConcurrentLinkedQueue<>();
    private final Semaphore countersRead = new Semaphore(0);
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile CountDownLatch mayReadSecrets = new CountDownLatch(0);

    private WatchedDatabase watched;
    private Store store;
    private Service service;
    private HttpApi http;
    private BearerToken relay;

    @BeforeEach
    void open() throws SQLException {
        database.empty();
        watched = new WatchedDatabase(database.options(), this::onStatement);
        store = Store.open(watched.options());
        service = new Service(store);
        http = HttpApi.start(HttpPlace.onLoopback(0), Optional.empty(), CompletableFuture.completedFuture(service));
        relay = store.change("test", transaction -> {
            transaction.pools().create("main", Pool.Kind.PRODUCTION, Optional.empty());
            transaction.pools().create("other", Pool.Kind.PRODUCTION, Optional.empty());
            return transaction.relays().create("r1", new JoinToken("main", new Region("eu"), Optional.empty()));
        });
    }

    @AfterEach
    void close() throws SQLException {
        mayReadSecrets.countDown();
        service.close();
        http.close();
        client.close();
        store.close();
        watched.close();
    }

    @Test
    void aStateIsReadInAsManyStatementsHoweverManyAppsThereAre() throws Exception {
        apps(0, 2);
        state(); // what is looked up once for all
        apps(2, 3);
        statements.clear();
        assertThat(state().apps()).hasSize(3);
        List<String> withThree = List.copyOf(statements);
        apps(3, 60);
        statements.clear();

        LinkState state = state();

        assertThat(statements).hasSameSizeAs(withThree).hasSizeLessThan(10);
        assertThat(state.apps())
                .hasSize(60)
                .allSatisfy(app -> assertThat(app.relaySecrets()).hasSize(1));
        assertThat(state.revocations()).hasSize(60);
    }

    @Test
    void itHasOfEachAppWhatIsItsOwnInThisPool() throws Exception {
        apps(0, 3);
        AppId first = new AppId("app-0");
        store.change("test", transaction -> {
            transaction.secrets().ensureInPool(first, "other");
            return transaction.secrets().rotateInPool(first, "main");
        });
        store.change("test", transaction -> {
            App gone = transaction.apps().find(new AppId("app-2")).orElseThrow();
            transaction.apps().replace(gone.withStatus(AppStatus.SUSPENDED));
            return transaction.secrets().rotateInPool(gone.id(), "main");
        });

        LinkState state = state();

        assertThat(state.apps()).extracting(app -> app.id().value()).containsExactly("app-0", "app-1");
        for (var app : state.apps()) {
            assertThat(app.relaySecrets())
                    .isEqualTo(
                            store.<List<?>>read(transaction -> transaction.secrets().ofPool(app.id(), "main").stream()
                                    .map(secret -> secret.secret())
                                    .toList()));
        }
        assertThat(state.revocations())
                .extracting(revocation ->
                        revocation.app() + " " + revocation.subject().orElseThrow())
                .containsExactly("app-0 user-of-app-0", "app-1 user-of-app-1");
    }

    @Test
    void relaysThatWaitForItHoldNoConnection() throws Exception {
        apps(0, 3);
        mayReadSecrets = new CountDownLatch(1);
        countersRead.drainPermits();
        statements.clear();

        List<CompletableFuture<HttpResponse<String>>> answers =
                IntStream.range(0, CONNECTIONS).mapToObj(i -> ask()).toList();
        // Each hears of the change, and looks which version it is to be told; then one reads, and nine wait for it.
        assertThat(countersRead.tryAcquire(2 * CONNECTIONS, 1, TimeUnit.MINUTES))
                .isTrue();

        assertThat(store.versions().state()).isPositive();
        mayReadSecrets.countDown();
        for (var answer : answers) {
            assertThat(answer.get(1, TimeUnit.MINUTES).statusCode()).isEqualTo(200);
        }
        assertThat(statements.stream().filter(sql -> sql.contains(SECRETS) && sql.contains("pool_id")))
                .hasSize(1);
    }

    /// Active apps in pool `main`, each with a user who is refused.
    private void apps(int from, int to) {
        store.change("test", transaction -> {
            IntStream.range(from, to).forEach(number -> app(transaction, new AppId("app-" + number)));
            return true;
        });
    }

    private static void app(Transaction transaction, AppId id) {
        App app = transaction.apps().create(id, AppSettings.of("x").withPools(List.of("main")));
        transaction.apps().replace(app.withStatus(AppStatus.ACTIVE));
        transaction.secrets().ensureInPool(id, "main");
        transaction.revocations().revoke(id, new Subject("user-of-" + id.value()));
    }

    private LinkState state() throws Exception {
        HttpResponse<String> answer = ask().get(1, TimeUnit.MINUTES);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return LinkStateJson.parse(answer.body());
    }

    private CompletableFuture<HttpResponse<String>> ask() {
        return client.sendAsync(
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + http.address().getPort() + "/link/state"))
                        .header("Authorization", "Bearer " + relay.reveal())
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"version\": 0}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void onStatement(String sql) {
        statements.add(sql);
        if (sql.contains(COUNTER)) {
            countersRead.release();
        }
        if (sql.contains(SECRETS)) {
            try {
                mayReadSecrets.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
