package io.callgate.control.store;

import java.time.Instant;
import java.util.Optional;

/// One heartbeat.
///
/// @param epoch one run of the relay
/// @param draining the relay itself is about to stop
/// @param sessions of all its apps
/// @param refusal why it keeps an older state than the newest
public record RelayReport(
        String epoch,
        long sequence,
        Instant seenAt,
        Optional<String> software,
        int loadPercent,
        boolean draining,
        long sessions,
        long stateVersion,
        Optional<String> refusal) {}
