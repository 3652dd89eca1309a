package io.callgate.model;

import java.util.List;

/// What one app uses of a relay at this moment, and what it would use if it might: of this control makes
/// [Portion]s.
///
/// @param sessions subjects with an allocation or tunnel, or with one in the last 30 s
/// @param peakSessions the most of them since the last answered heartbeat
/// @param wantedSessions those and the ones that were refused since then because the portion was spent
/// @param kbitPerSecond both directions together, since the last heartbeat
/// @param wantedKbitPerSecond that and what was held back because the portion was spent, as far as the relay can
///     tell
/// @param ingresses the sessions by how they began; none from relays that do not tell
public record AppNeed(
        AppId app,
        long sessions,
        long peakSessions,
        long wantedSessions,
        long kbitPerSecond,
        long wantedKbitPerSecond,
        List<IngressSessions> ingresses) {
    public static final int MOST_INGRESSES = 16;

    public AppNeed {
        if (sessions < 0 || peakSessions < sessions || wantedSessions < sessions) {
            throw new IllegalArgumentException("app " + app + ": " + sessions + " sessions, at most " + peakSessions
                    + ", wanted " + wantedSessions + ": want neither below the first");
        }
        if (kbitPerSecond < 0 || wantedKbitPerSecond < kbitPerSecond) {
            throw new IllegalArgumentException("app " + app + ": " + kbitPerSecond + " kbit/s, wanted "
                    + wantedKbitPerSecond + ": want no less wanted than used");
        }
        ingresses = List.copyOf(ingresses);
    }
}
