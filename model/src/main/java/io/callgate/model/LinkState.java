package io.callgate.model;

import java.util.List;

/// What control decides for a relay, whole: the part of its [DesiredState] that is not in the relay's own file.
///
/// @param version rises with every change in the fleet
public record LinkState(long version, List<AppState> apps, List<Revocation> revocations) {
    public LinkState {
        apps = List.copyOf(apps);
        revocations = List.copyOf(revocations);
    }
}
