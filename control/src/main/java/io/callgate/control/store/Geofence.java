package io.callgate.control.store;

import io.callgate.model.Region;
import java.util.Set;

/// In which regions an app's leases may name relays.
public record Geofence(Rule rule, Set<Region> names) {
    /// Whether the names are all that is allowed, or all that is not.
    public enum Rule {
        INCLUDE,
        EXCLUDE
    }

    public static final Geofence EVERYWHERE = new Geofence(Rule.EXCLUDE, Set.of());

    public Geofence {
        names = Set.copyOf(names);
        if (rule == Rule.INCLUDE && names.isEmpty()) {
            throw new IllegalArgumentException(
                    "an app that may use no region gets no lease: include one, or exclude none");
        }
    }

    public boolean allows(Region region) {
        return names.contains(region) == (rule == Rule.INCLUDE);
    }
}
