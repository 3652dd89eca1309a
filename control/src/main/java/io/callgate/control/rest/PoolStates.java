package io.callgate.control.rest;

import io.callgate.control.store.App;
import io.callgate.control.store.AppSecret;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.Pool;
import io.callgate.control.store.Quota;
import io.callgate.control.store.Transaction;
import io.callgate.control.store.UidRevocation;
import io.callgate.model.AppState;
import io.callgate.model.Limits;
import io.callgate.model.LinkState;
import io.callgate.model.LinkStateJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/// What the relays of a pool are told, made once for each version of the state: hundreds ask for it within the
/// second after a change. Safe on every thread.
final class PoolStates {
    private final Map<String, Told> byPool = new ConcurrentHashMap<>();

    /// @param until then the first of its revocations ends
    /// @param json not to be changed
    private record Told(long version, Instant until, ObjectNode json) {}

    ObjectNode of(Transaction transaction, String pool) {
        long version = transaction.counters().read(Counter.STATE); // first: what changes now is sent again
        return byPool.compute(
                        pool,
                        (id, known) -> known != null
                                        && known.version == version
                                        && transaction.now().isBefore(known.until)
                                ? known
                                : read(transaction, version, id))
                .json;
    }

    /// Only what a relay of this pool has to know: no app of another pool, and no token secret at all.
    private static Told read(Transaction transaction, long version, String id) {
        Pool pool = transaction.pools().find(id).orElseThrow();
        List<AppState> apps = new ArrayList<>();
        List<UidRevocation> revocations = new ArrayList<>();
        for (App app : transaction.apps().servedBy(pool)) {
            Quota quota = app.settings().quota();
            apps.add(new AppState(
                    app.id(),
                    transaction.secrets().ofPool(app.id(), pool.id()).stream()
                            .map(AppSecret::secret)
                            .toList(),
                    app.settings().clients(),
                    app.settings().destinations(),
                    Limits.DEFAULT.with(
                            Math.toIntExact(quota.sessionsWithGrace()),
                            quota.allocationsPerSubject(),
                            quota.kbitPerSecondWithGrace()),
                    List.of()));
            revocations.addAll(transaction.revocations().all(app.id()));
        }
        return new Told(
                version,
                revocations.stream()
                        .map(UidRevocation::expiresAt)
                        .min(Instant::compareTo)
                        .orElse(Instant.MAX),
                LinkStateJson.write(new LinkState(
                        version,
                        apps,
                        revocations.stream().map(UidRevocation::forRelays).toList())));
    }
}
