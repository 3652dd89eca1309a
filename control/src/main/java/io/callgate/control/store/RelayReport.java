package io.callgate.control.store;

import io.callgate.model.RefusalCount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// One heartbeat.
///
/// @param epoch one run of the relay
/// @param draining the relay itself is about to stop
/// @param sessions of all its apps
/// @param refusal why it keeps an older state than the newest
/// @param refusals what this run of it has refused or dropped
public record RelayReport(
        String epoch,
        long sequence,
        Instant seenAt,
        Optional<String> software,
        int loadPercent,
        boolean draining,
        long sessions,
        long stateVersion,
        Optional<String> refusal,
        List<RefusalCount> refusals) {
    private static final String BETWEEN = ",";

    /// As it is kept.
    String refusalsText() {
        return refusals.stream()
                .map(refusal -> refusal.reason() + "=" + refusal.count())
                .collect(Collectors.joining(BETWEEN));
    }

    static List<RefusalCount> parseRefusals(String text) {
        List<RefusalCount> refusals = new ArrayList<>();
        for (String one : text.isEmpty() ? new String[0] : text.split(BETWEEN, -1)) {
            int equals = one.indexOf('=');
            refusals.add(new RefusalCount(one.substring(0, equals), Long.parseLong(one.substring(equals + 1))));
        }
        return refusals;
    }
}
