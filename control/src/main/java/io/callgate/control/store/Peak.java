package io.callgate.control.store;

import io.callgate.model.Region;
import java.time.Instant;
import java.util.Optional;

/// The most sessions that an app had at once on one day.
///
/// @param day its beginning, in UTC
/// @param region empty for the whole fleet: the regions' own peaks may lie at other times
public record Peak(Instant day, Optional<Region> region, long sessions) {
    /// Where the next page begins.
    public String key() {
        return DayOfUsage.number(day) + "." + region.map(Region::value).orElse("");
    }
}
