package io.callgate.control.store;

import io.callgate.model.Region;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// A relay of the fleet and what it last said of itself.
///
/// @param draining the operator wants it
/// @param drainFrom its sessions when the operator began that
public record RelayNode(
        UUID id,
        String name,
        String pool,
        Region region,
        Optional<String> carrier,
        Instant joinedAt,
        boolean draining,
        Optional<Long> drainFrom,
        Optional<RelayReport> report) {}
