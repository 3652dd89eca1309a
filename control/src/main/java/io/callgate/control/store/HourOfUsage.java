package io.callgate.control.store;

import io.callgate.model.Region;
import io.callgate.model.UsageCount;
import java.time.Instant;
import java.util.UUID;

/// What one app used of one relay by one ingress in one hour, over all runs of the relay.
///
/// @param relay its name, which may be another's by now
public record HourOfUsage(
        Key key,
        String relay,
        Region region,
        long bytesToPeer,
        long bytesToClient,
        long sessions,
        long sessionSeconds) {
    /// Which hour, relay and ingress.
    public record Key(Instant hour, UUID relay, String ingress) {
        private static final String SEPARATOR = ".";

        /// As a page names where the next begins: 64 characters at most.
        @Override
        public String toString() {
            long hours = hour.getEpochSecond() / UsageCount.HOUR.toSeconds();
            return String.join(SEPARATOR, Long.toString(hours), relay.toString(), ingress);
        }

        /// @throws IllegalArgumentException if the text is none
        public static Key parse(String text) {
            String[] parts = text.split("[.]", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException("want the next of the page before");
            }
            long hours = Long.parseLong(parts[0]);
            return new Key(
                    Instant.EPOCH.plus(UsageCount.HOUR.multipliedBy(hours)), UUID.fromString(parts[1]), parts[2]);
        }
    }
}
