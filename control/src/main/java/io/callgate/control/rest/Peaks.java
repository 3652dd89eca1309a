package io.callgate.control.rest;

import io.callgate.control.store.FleetUse;
import io.callgate.control.store.PeakTable.Reached;
import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.IngressSessions;
import io.callgate.model.Region;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The most sessions at once (PCU), taken with every heartbeat: what all other living relays said last, and this
/// one's own peak since it was heard, which stands for what happened meanwhile (decision 0056).
final class Peaks {
    private final FleetUse fleet;
    private final Map<Place, Long> most = new HashMap<>();

    private record Place(AppId app, Optional<Region> region, Optional<String> ingress) {}

    /// @param fleet what is carried now, the reports whose peaks come included
    Peaks(FleetUse fleet) {
        this.fleet = fleet;
    }

    /// Of one relay.
    void add(Region region, List<AppNeed> needs) {
        for (AppNeed need : needs) {
            for (Optional<Region> where : List.of(Optional.<Region>empty(), Optional.of(region))) {
                long others = fleet.sessions(need.app(), where) - need.sessions();
                reach(new Place(need.app(), where, Optional.empty()), others + need.peakSessions());
                for (IngressSessions own : need.ingresses()) {
                    long othersByIt = fleet.sessions(need.app(), where, own.ingress()) - own.sessions();
                    reach(new Place(need.app(), where, Optional.of(own.ingress())), othersByIt + own.peak());
                }
            }
        }
    }

    List<Reached> reached() {
        return most.entrySet().stream()
                .map(peak -> new Reached(
                        peak.getKey().app(),
                        peak.getKey().region(),
                        peak.getKey().ingress(),
                        peak.getValue()))
                .toList();
    }

    private void reach(Place place, long sessions) {
        most.merge(place, sessions, Math::max);
    }
}
