package io.callgate.control.store;

import java.util.Optional;

/// Who changes something, for the audit.
///
/// @param origin the address that they asked from; empty for what control does by itself
public record Actor(String name, Optional<String> origin) {}
