package io.callgate.control.store;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// Who changed what. Never holds a secret.
public record AuditEntry(
        UUID id, Instant happenedAt, String actor, String action, String target, Optional<String> detail) {}
