package io.callgate.control.store;

import io.callgate.model.Region;
import java.time.Duration;
import java.time.Instant;

/// What one app used in one region by one ingress on one day (UTC).
public record DayOfUsage(
        Instant day,
        Region region,
        String ingress,
        long bytesToPeer,
        long bytesToClient,
        long sessions,
        long sessionSeconds) {
    private static final Duration DAY = Duration.ofDays(1);

    /// Where a page goes on.
    ///
    /// @param day the number of the day since 1970
    /// @param ingress empty where there is none
    public record Place(long day, String region, String ingress) {
        /// @throws IllegalArgumentException if the text is none
        public static Place parse(String text) {
            String[] parts = text.split("[.]", -1);
            if (parts.length < 2 || parts.length > 3) {
                throw new IllegalArgumentException("want the next of the page before");
            }
            return new Place(Long.parseLong(parts[0]), parts[1], parts.length == 3 ? parts[2] : "");
        }
    }

    /// Where the next page begins.
    public String key() {
        return String.join(".", Long.toString(number(day)), region.value(), ingress);
    }

    static long number(Instant day) {
        return Math.floorDiv(day.getEpochSecond(), DAY.toSeconds());
    }

    static Instant day(long number) {
        return Instant.EPOCH.plus(DAY.multipliedBy(number));
    }
}
