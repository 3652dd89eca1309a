package io.callgate.control.store;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// Who changed what, from where. Never holds a secret.
///
/// @param origin an address; empty for what control did by itself
/// @param before what was, as JSON; empty for what is new
/// @param after what is now, as JSON; empty for what is gone
public record AuditEntry(
        UUID id,
        Instant happenedAt,
        String actor,
        Optional<String> origin,
        String action,
        String target,
        Optional<String> detail,
        Optional<String> before,
        Optional<String> after) {}
