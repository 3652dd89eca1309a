package io.callgate.control.store;

import java.time.Instant;

/// A browser that is signed in.
///
/// @param formKey what each form of it brings back, so that no other site's form counts
/// @param seenAt of its last request, to about a minute
public record ConsoleSession(ConsoleUser user, String formKey, Instant beganAt, Instant seenAt) {}
