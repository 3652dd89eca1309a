package io.callgate.control.store;

import io.callgate.model.Secret;
import java.time.Instant;
import java.util.UUID;

/// One secret of an app, opened.
public record AppSecret(UUID id, Secret secret, Instant createdAt) {}
