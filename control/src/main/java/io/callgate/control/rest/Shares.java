package io.callgate.control.rest;

import io.callgate.control.lease.QuotaSplit;
import io.callgate.control.store.FleetNeed;
import io.callgate.control.store.FleetUse;
import io.callgate.control.store.Quota;
import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.Heartbeat;
import io.callgate.model.Portion;
import io.callgate.model.SubjectSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What relays may spend of the quotas until they report again, and whom they let in beyond (decision 0028): in
/// all less than the megabyte that a relay reads of an answer.
///
/// @param inUse the apps that any relay has use for
record Shares(FleetUse fleet, Collection<AppId> inUse) {
    /// For those who are in a call elsewhere, of one answer.
    private static final int MOST_CHARACTERS = 256 << 10;

    /// Around each of their sets.
    private static final int CHARACTERS_EACH = 128;

    /// The portions of a relay: of apps that it has use for first, then of those that others have. The users of
    /// these may come to it next.
    ///
    /// @param quotas of the apps that the relay serves
    List<Portion> portions(String pool, Map<AppId, Quota> quotas, List<AppNeed> needs) {
        Map<AppId, Portion> portions = new LinkedHashMap<>();
        for (AppNeed need : needs) {
            Quota quota = quotas.get(need.app());
            Optional<FleetNeed> all = fleet.need(pool, need.app());
            if (quota != null && all.isPresent()) {
                portions.put(need.app(), QuotaSplit.portion(quota, all.get(), need));
            }
        }
        for (AppId app : inUse) {
            Quota quota = quotas.get(app);
            Optional<FleetNeed> all = fleet.need(pool, app);
            if (portions.size() < Heartbeat.MOST_APPS && quota != null && all.isPresent()) {
                portions.putIfAbsent(app, QuotaSplit.idle(quota, all.get()));
            }
        }
        return List.copyOf(portions.values());
    }

    /// Of which apps a relay must know who is in a call at other relays of its pool, since its portion has no
    /// room for all of them. What is lent does not count: it lapses when control dies along with a relay. Where
    /// an answer has no room for all, those of the smallest apps are told.
    ///
    /// @param portions of the relay
    /// @return with their sessions in the pool
    Map<AppId, Long> crowded(String pool, List<Portion> portions, List<AppNeed> needs) {
        Map<AppId, Long> own = new HashMap<>();
        needs.forEach(need -> own.put(need.app(), need.sessions()));
        List<Map.Entry<AppId, Long>> crowded = new ArrayList<>();
        for (Portion portion : portions) {
            long here = own.getOrDefault(portion.app(), 0L);
            long inPool = fleet.sessions(pool, portion.app());
            if (inPool > here && portion.sessions() - here < inPool - here) {
                crowded.add(Map.entry(portion.app(), inPool));
            }
        }
        crowded.sort(Comparator.comparingLong(Map.Entry::getValue));
        Map<AppId, Long> fitting = new LinkedHashMap<>();
        long characters = 0;
        for (Map.Entry<AppId, Long> app : crowded) {
            characters += CHARACTERS_EACH + app.getKey().value().length() + SubjectSet.charactersFor(app.getValue());
            if (characters > MOST_CHARACTERS) {
                break;
            }
            fitting.put(app.getKey(), app.getValue());
        }
        return fitting;
    }
}
