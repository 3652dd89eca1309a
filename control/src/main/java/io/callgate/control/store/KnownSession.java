package io.callgate.control.store;

import io.callgate.model.LiveSession;
import io.callgate.model.Region;
import java.util.UUID;

/// A session of the fleet.
///
/// @param relay its name
public record KnownSession(UUID id, String relay, Region region, LiveSession session) {}
