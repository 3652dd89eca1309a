package io.callgate.control.store;

import io.callgate.model.AppNeed;
import java.util.List;
import java.util.UUID;

/// One relay's report, with what the apps that it may speak for need of it.
public record Reporting(UUID relay, RelayReport report, List<AppNeed> needs) {}
