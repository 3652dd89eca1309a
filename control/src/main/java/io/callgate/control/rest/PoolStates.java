package io.callgate.control.rest;

import io.callgate.control.store.App;
import io.callgate.control.store.AppSecret;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.Pool;
import io.callgate.control.store.Quota;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.control.store.UidRevocation;
import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.Limits;
import io.callgate.model.LinkState;
import io.callgate.model.LinkStateJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What the relays of a pool are told, made once for each version of the state: hundreds ask for it within the
/// second after a change. One of them reads, in as many statements whatever the pool serves; the others wait
/// without a connection, for the store has few. Safe on every thread.
final class PoolStates {
    private final Store store;
    private final Map<String, Told> byPool = new ConcurrentHashMap<>();

    PoolStates(Store store) {
        this.store = store;
    }

    /// @param until then the first of its revocations ends
    /// @param json not to be changed
    private record Told(long version, Instant until, ObjectNode json) {}

    /// Not to be asked within a transaction.
    ///
    /// @return empty if there is no such pool
    Optional<ObjectNode> of(String pool) {
        long version = store.versions().state();
        Told known = byPool.get(pool);
        Told newest = isTrue(known, version)
                ? known
                : byPool.compute(pool, (id, other) -> {
                    // What another relay had read while this one waited may be of a later version.
                    boolean isNews = !Objects.equals(other, known)
                            && (isTrue(other, version)
                                    || isTrue(other, store.versions().state()));
                    return isNews
                            ? other
                            : store.read(transaction -> read(transaction, id)).orElse(null);
                });
        return Optional.ofNullable(newest).map(Told::json);
    }

    private boolean isTrue(@Nullable Told told, long version) {
        return told != null && told.version == version && store.time().now().isBefore(told.until);
    }

    private static Optional<Told> read(Transaction transaction, String id) {
        long version = transaction.counters().read(Counter.STATE); // first: what changes now is sent again
        return transaction.pools().find(id).map(pool -> read(transaction, version, pool));
    }

    /// Only what a relay of this pool has to know: no app of another pool, and no token secret at all.
    private static Told read(Transaction transaction, long version, Pool pool) {
        List<App> apps = transaction.apps().servedBy(pool);
        Map<AppId, List<AppSecret>> secrets = transaction.secrets().ofPool(pool.id());
        List<UidRevocation> revocations = transaction.revocations().servedBy(pool);
        return new Told(
                version,
                revocations.stream()
                        .map(UidRevocation::expiresAt)
                        .min(Instant::compareTo)
                        .orElse(Instant.MAX),
                LinkStateJson.write(new LinkState(
                        version,
                        apps.stream()
                                .map(app -> state(app, secrets.getOrDefault(app.id(), List.of())))
                                .toList(),
                        revocations.stream().map(UidRevocation::forRelays).toList())));
    }

    private static AppState state(App app, List<AppSecret> secrets) {
        Quota quota = app.settings().quota();
        return new AppState(
                app.id(),
                secrets.stream().map(AppSecret::secret).toList(),
                app.settings().clients(),
                app.settings().destinations(),
                Limits.DEFAULT.with(
                        Math.toIntExact(quota.sessionsWithGrace()),
                        quota.allocationsPerSubject(),
                        quota.kbitPerSecondWithGrace()),
                List.of());
    }
}
