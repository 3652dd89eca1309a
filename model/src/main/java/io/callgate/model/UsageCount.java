package io.callgate.model;

import java.time.Duration;
import java.time.Instant;

/// What one run of a relay has counted for one app and one ingress in one hour, so far. The amounts are whole, no
/// difference to what was told before: told twice, or late, they count once.
///
/// @param epoch names the run that counted, which may be one before this
/// @param hour its beginning
/// @param ingress label of the protocol by which clients came
/// @param bytesToPeer payload, without the framing of TURN or the tunnel
/// @param sessions that began in this hour by this ingress
/// @param sessionSeconds of sessions that began by this ingress: each lasts from its first allocation or tunnel to the
///     end of its last, without the linger
public record UsageCount(
        String epoch,
        Instant hour,
        AppId app,
        String ingress,
        long bytesToPeer,
        long bytesToClient,
        long sessions,
        long sessionSeconds) {
    public static final Duration HOUR = Duration.ofHours(1);

    public UsageCount {
        if (!hour.equals(hourOf(hour))) {
            throw new IllegalArgumentException("hour " + hour + ": want the beginning of an hour");
        }
        if (bytesToPeer < 0 || bytesToClient < 0 || sessions < 0 || sessionSeconds < 0) {
            throw new IllegalArgumentException("usage of app " + app + " in " + hour + ": want amounts of 0 or more");
        }
    }

    /// The beginning of the hour that a moment lies in.
    public static Instant hourOf(Instant moment) {
        return Instant.ofEpochSecond(moment.getEpochSecond() / HOUR.toSeconds() * HOUR.toSeconds());
    }
}
