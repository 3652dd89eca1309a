package io.callgate.control.lease;

import io.callgate.control.store.CounterTable.Versions;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What the store says of apps and relays, kept for as long as nobody changes it (decision 0115). Every lease asks
/// which edition of it is the newest: so what an operator does at one control is seen by the next lease at any.
/// Safe on every thread.
final class LeaseBook {
    private static final int MOST = 10_000;

    private final Store store;
    private final SharedRead<Versions> versions;
    private volatile Edition edition;

    LeaseBook(Store store) {
        this.store = store;
        this.versions = new SharedRead<>(store::versions);
        this.edition = new Edition(store, store.versions());
    }

    Edition newest() {
        Versions now = versions.get();
        Edition known = edition;
        if (!known.versions.equals(now)) { // another, not a higher one: a restored database has lower numbers
            known = new Edition(store, now);
            edition = known;
        }
        return known;
    }

    /// All that is true under one pair of numbers. Loads each thing when it is first asked for.
    static final class Edition {
        private final Store store;
        private final Versions versions;
        private final Map<AppId, AppRules> rules = new ConcurrentHashMap<>();
        private final Map<List<String>, Kept<List<Door>>> doors = new ConcurrentHashMap<>();

        private Edition(Store store, Versions versions) {
            this.store = store;
            this.versions = versions;
        }

        Versions versions() {
            return versions;
        }

        /// Empty if there is no such app, which is not kept: whoever invents names fills nothing. Of those who ask
        /// for the same app one reads, and the others wait.
        Optional<AppRules> rules(AppId id) {
            if (rules.size() >= MOST) {
                rules.clear();
            }
            return Optional.ofNullable(rules.computeIfAbsent(
                    id,
                    wanted -> store.read(transaction ->
                                    transaction.apps().find(wanted).map(app -> AppRules.read(transaction, app)))
                            .orElse(null)));
        }

        /// The app's allowlist has another standing now, which is no change of the book.
        void forget(AppId id) {
            rules.remove(id);
        }

        /// Where relays of these pools stand that live. One that falls silent is among them for [Kept#OLDEST] more
        /// than the fifteen seconds that it may be silent. That nobody lives is not kept: who
        /// waits for the first relay of a pool waits no longer than it takes.
        List<Door> doors(List<String> pools, long nowMillis) {
            return doors.computeIfAbsent(pools, wanted -> new Kept<>(found -> !found.isEmpty()))
                    .value(
                            nowMillis,
                            0,
                            () -> store.read(transaction -> transaction.relays().livePlaces(pools).stream()
                                    .flatMap(place -> Door.of(place).stream())
                                    .toList()));
        }
    }
}
