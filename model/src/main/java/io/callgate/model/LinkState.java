package io.callgate.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What control decides for a relay, whole: the part of its [DesiredState] that is not in the relay's own file.
///
/// @param version rises with every change in the fleet
public record LinkState(long version, List<AppState> apps, List<Revocation> revocations) {
    /// Before control has said anything.
    public static final LinkState NONE = new LinkState(0, List.of(), List.of());

    public LinkState {
        apps = List.copyOf(apps);
        revocations = List.copyOf(revocations);
    }

    /// This state with the revocations of an older one that still strike somebody: a credential that was revoked
    /// must not come back because control has lost its memory of it.
    public LinkState keepingRevocationsOf(LinkState older, Instant now) {
        Set<Revocation> kept = new LinkedHashSet<>(revocations);
        kept.addAll(older.revocations);
        kept.removeIf(revocation -> revocation.isOver(now));
        return new LinkState(version, apps, new ArrayList<>(kept));
    }

    /// Whether both want the same of a relay.
    public boolean saysTheSameAs(LinkState other) {
        return apps.equals(other.apps) && revocations.equals(other.revocations);
    }
}
