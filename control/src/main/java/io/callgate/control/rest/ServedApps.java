package io.callgate.control.rest;

import io.callgate.control.store.App;
import io.callgate.control.store.Pool;
import io.callgate.control.store.Quota;
import io.callgate.control.store.Transaction;
import io.callgate.model.AppId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Which apps a pool serves and what they may use, remembered until the state changes: hundreds of relays ask
/// every five seconds.
final class ServedApps {
    private final Map<String, Served> byPool = new ConcurrentHashMap<>();

    /// What was true of a pool in one version of the state.
    private record Served(long version, Map<AppId, Quota> quotas) {}

    /// @param version the state's, read in this transaction
    Map<AppId, Quota> of(Transaction transaction, long version, String poolId) {
        Served known = byPool.get(poolId);
        if (known != null && known.version == version) {
            return known.quotas;
        }
        Pool pool = transaction.pools().find(poolId).orElseThrow();
        Map<AppId, Quota> quotas = transaction.apps().servedBy(pool).stream()
                .collect(Collectors.toUnmodifiableMap(
                        App::id, app -> app.settings().quota()));
        byPool.put(poolId, new Served(version, quotas));
        return quotas;
    }
}
