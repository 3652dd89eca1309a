package io.callgate.relay.grant;

import io.callgate.model.Subject;
import java.time.Instant;

/// A client that has proved itself.
///
/// @param credentialExpiresAt end of the credential's validity; [Instant#MAX] for static users and trusted
///     networks
public record Identity(LiveApp app, Subject subject, Instant credentialExpiresAt) {}
