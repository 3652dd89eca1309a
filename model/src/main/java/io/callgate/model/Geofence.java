package io.callgate.model;

import java.util.Set;

/// In which regions relays may be used: those that an operator lets an app use, or those that an app wants.
///
/// @param names each stands for its parts, too: see [Region#isWithin]
public record Geofence(Rule rule, Set<Region> names) {
    /// Whether the names are all that is allowed, or all that is not.
    public enum Rule {
        INCLUDE,
        EXCLUDE
    }

    /// Each lease carries them.
    private static final int MOST_NAMES = 64;

    public static final Geofence EVERYWHERE = new Geofence(Rule.EXCLUDE, Set.of());

    public Geofence {
        names = Set.copyOf(names);
        if (names.size() > MOST_NAMES) {
            throw new IllegalArgumentException(names.size() + " regions: want " + MOST_NAMES + " at most");
        }
        if (rule == Rule.INCLUDE && names.isEmpty()) {
            throw new IllegalArgumentException(
                    "an app that may use no region gets no lease: include one, or exclude none");
        }
    }

    /// Whether a relay in some part of an area may be allowed: `cn` may be wished where `cn-north` is included.
    public boolean mayAllowIn(Region area) {
        return allows(area) || (rule == Rule.INCLUDE && names.stream().anyMatch(name -> name.isWithin(area)));
    }

    public boolean allows(Region region) {
        return names.stream().anyMatch(region::isWithin) == (rule == Rule.INCLUDE);
    }
}
