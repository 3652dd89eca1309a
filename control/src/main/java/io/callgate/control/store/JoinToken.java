package io.callgate.control.store;

import io.callgate.model.Region;
import java.util.Optional;

/// What a join token lets its relay into.
public record JoinToken(String pool, Region region, Optional<String> carrier) {}
