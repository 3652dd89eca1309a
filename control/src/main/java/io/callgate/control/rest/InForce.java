package io.callgate.control.rest;

import io.callgate.control.store.App;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.Pool;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Lets the answer to an operator wait until the living relays of an app do what it says: the first lease after
/// an activation must not lead to a relay that has not heard of the app. Safe on every thread; blocks it.
final class InForce {
    /// A relay hears of a change within a quarter of a second and reports it within one. One that is cut off, or
    /// refuses the state, holds nobody up for longer.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Store store;
    private final Reports reports;

    InForce(Store store, Reports reports) {
        this.store = store;
        this.reports = reports;
    }

    /// @return the answer itself, when all of the fleet's state of now is in force, or the patience is over
    Answer await(AppId id, Answer answer) {
        long version = store.read(transaction -> transaction.counters().read(Counter.STATE));
        try {
            reports.await(() -> !isAwaited(id, version), PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server closes; the change is kept
        }
        return answer;
    }

    private boolean isAwaited(AppId id, long version) {
        return store.read(transaction -> {
            Optional<App> app = transaction.apps().find(id).filter(App::isServed);
            List<String> pools = app.map(transaction.pools()::of).orElse(List.of()).stream()
                    .map(Pool::id)
                    .toList();
            return transaction.relays().hasOlderState(pools, version);
        });
    }
}
