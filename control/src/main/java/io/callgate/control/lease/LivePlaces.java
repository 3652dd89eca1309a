package io.callgate.control.lease;

import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.LivePlace;
import io.callgate.control.store.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Where relays stand that leases may name, looked up once a second and after every change by an operator, and
/// not for every lease: a fleet of 500 is 500 rows. Safe on every thread.
///
/// A relay that falls silent is named for a second more than the fifteen that it may be silent.
final class LivePlaces {
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final int MOST = 1_000;

    private final Map<Wanted, Found> found = new ConcurrentHashMap<>();

    /// @param state what relays are told; it changes when an operator moves, drains or removes one
    /// @param allowlist it changes with the addresses
    private record Wanted(List<String> pools, long state, long allowlist) {}

    private record Found(List<LivePlace> places, long atMillis) {}

    List<LivePlace> of(Transaction transaction, List<String> pools) {
        Wanted wanted = new Wanted(
                pools,
                transaction.counters().read(Counter.STATE),
                transaction.counters().read(Counter.ALLOWLIST));
        long nowMillis = transaction.now().toEpochMilli();
        Found known = found.get(wanted);
        if (known != null && Math.abs(nowMillis - known.atMillis) < FRESH.toMillis()) {
            return known.places;
        }
        List<LivePlace> places = transaction.relays().livePlaces(pools);
        if (found.size() >= MOST) {
            found.clear();
        }
        if (!places.isEmpty()) { // who waits for the first relay of a pool waits no second more
            found.put(wanted, new Found(places, nowMillis));
        }
        return places;
    }
}
