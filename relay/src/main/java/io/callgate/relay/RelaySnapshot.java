package io.callgate.relay;

import io.callgate.model.UsageReport;
import java.util.Map;

/// What a relay does at one moment, summed over its loops.
///
/// @param sessions subjects with an allocation or tunnel, or with one in the last 30 s
/// @param takenPorts relay ports in use or reserved
/// @param drops by the label of the reason, since start; reasons that never struck too
/// @param usage since start, by app
public record RelaySnapshot(
        long allocations, long tunnels, long sessions, long takenPorts, Map<String, Long> drops, UsageReport usage) {}
