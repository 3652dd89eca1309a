package io.callgate.relay.grant;

import java.util.EnumMap;
import java.util.Map;

/// How often each [DropReason] struck on one event loop. Confined to it: plain counters, read by a command.
@SuppressWarnings("EnumOrdinal") // an index into a plain array is the cheapest counter there is
public final class Drops {
    private static final DropReason[] REASONS = DropReason.values();

    private final long[] counts = new long[REASONS.length];

    public void count(DropReason reason) {
        counts[reason.ordinal()]++;
    }

    /// All reasons, also those that never struck.
    public Map<DropReason, Long> totals() {
        Map<DropReason, Long> totals = new EnumMap<>(DropReason.class);
        for (DropReason reason : REASONS) {
            totals.put(reason, counts[reason.ordinal()]);
        }
        return totals;
    }
}
