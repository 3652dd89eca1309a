package io.callgate.control.lease;

import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// How many sessions apps have, looked up once a second, and anew when a relay has reported to this control. Safe
/// on every thread.
final class LiveSessions {
    private final Store store;
    private final LongSupplier reportsTaken;
    private final Map<AppId, Kept<Long>> sessions = new ConcurrentHashMap<>(); // of apps that there are

    LiveSessions(Store store, LongSupplier reportsTaken) {
        this.store = store;
        this.reportsTaken = reportsTaken;
    }

    /// @param app one that there is
    long of(AppId app, long nowMillis) {
        long round = reportsTaken.getAsLong(); // first: what is reported meanwhile is looked up again
        return sessions.computeIfAbsent(app, wanted -> new Kept<>(found -> true))
                .value(
                        nowMillis,
                        round,
                        () -> store.read(transaction -> transaction.relays().liveSessions(app)));
    }
}
