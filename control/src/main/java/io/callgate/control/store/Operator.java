package io.callgate.control.store;

import java.time.Instant;
import java.util.UUID;

/// Whoever holds one operator token.
public record Operator(UUID id, String name, Role role, Instant createdAt) {
    /// A viewer changes nothing.
    public enum Role {
        OPERATOR,
        VIEWER
    }
}
