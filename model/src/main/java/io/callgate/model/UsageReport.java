package io.callgate.model;

import java.time.Instant;
import java.util.List;

/// A relay's usage counters at one moment; the difference of two reports of one epoch is what was used between
/// them.
///
/// @param epoch names one run of a relay process; its counters start at zero
/// @param sequence rises by one a report within the epoch, so that a report counts once however often it arrives
public record UsageReport(String epoch, long sequence, Instant at, List<AppUsage> apps) {
    public UsageReport {
        apps = List.copyOf(apps);
    }
}
