package io.callgate.control.rest;

import io.callgate.control.store.Transaction;
import io.callgate.model.AppId;
import io.callgate.model.Subject;
import io.callgate.model.SubjectSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Who is in a call at some relay of a pool, kept for two seconds: all relays of the pool are told the same. Safe
/// on every thread.
final class Callers {
    static final Duration FRESH = Duration.ofSeconds(2);

    private final Map<Place, Made> made = new ConcurrentHashMap<>();

    private record Place(String pool, AppId app) {}

    private record Made(Instant at, SubjectSet subjects) {}

    /// @param sessions of the apps that are asked for, at the relays of the pool
    /// @return without apps that have no callers
    Map<AppId, SubjectSet> of(Transaction transaction, String pool, Map<AppId, Long> sessions) {
        Instant now = transaction.now();
        made.values().removeIf(one -> !now.isBefore(one.at().plus(FRESH)));
        Map<AppId, Long> stale = new HashMap<>(sessions);
        stale.keySet().removeIf(app -> made.containsKey(new Place(pool, app)));
        Map<AppId, Set<Subject>> subjects = read(transaction, pool, stale);
        stale.keySet()
                .forEach(app -> made.put(
                        new Place(pool, app), new Made(now, SubjectSet.of(subjects.getOrDefault(app, Set.of())))));
        Map<AppId, SubjectSet> callers = new HashMap<>();
        for (AppId app : sessions.keySet()) {
            Made known = made.get(new Place(pool, app));
            if (known != null && !known.subjects().isEmpty()) {
                callers.put(app, known.subjects());
            }
        }
        return callers;
    }

    /// Of apps with more than a set can have no more is looked at than that.
    private static Map<AppId, Set<Subject>> read(Transaction transaction, String pool, Map<AppId, Long> sessions) {
        Map<AppId, Set<Subject>> subjects = new HashMap<>();
        List<AppId> small = new ArrayList<>();
        sessions.forEach((app, amount) -> {
            if (amount <= SubjectSet.MOST_SUBJECTS) {
                small.add(app);
            } else {
                subjects.putAll(transaction.sessions().subjects(pool, List.of(app), SubjectSet.MOST_SUBJECTS));
            }
        });
        subjects.putAll(transaction.sessions().subjects(pool, small, Integer.MAX_VALUE));
        return subjects;
    }
}
