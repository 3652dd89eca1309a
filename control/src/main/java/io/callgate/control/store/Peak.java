package io.callgate.control.store;

import io.callgate.model.Region;
import java.time.Instant;
import java.util.Optional;

/// The most sessions that an app had at once on one day.
///
/// @param day its beginning, in UTC
/// @param region empty for the whole fleet: the regions' own peaks may lie at other times
/// @param ingress of those that began by it; empty for all, whose peak may lie at another time too
public record Peak(Instant day, Optional<Region> region, Optional<String> ingress, long sessions) {
    /// Where the next page begins.
    public String key() {
        return String.join(
                ".",
                Long.toString(DayOfUsage.number(day)),
                region.map(Region::value).orElse(""),
                ingress.orElse(""));
    }
}
