package io.callgate.model;

import java.time.Duration;

/// A relay's part of what one app may use of the whole fleet.
///
/// The portions of all relays together are the app's quota with its grace. A relay that is cut off from control goes
/// on with its last portion; what is lent lapses.
///
/// @param sessions at the same time, lingering ones included
/// @param lentSessions so many more for [#LENT_FOR]: what other relays had left when they last told
/// @param kbitPerSecond both directions together; 0 is unlimited
public record Portion(AppId app, long sessions, long lentSessions, long kbitPerSecond) {
    /// Two heartbeats.
    public static final Duration LENT_FOR = Duration.ofSeconds(10);

    public Portion {
        if (sessions < 0 || lentSessions < 0 || kbitPerSecond < 0) {
            throw new IllegalArgumentException("portion of app " + app + ": " + sessions + " sessions, "
                    + lentSessions + " lent, " + kbitPerSecond + " kbit/s: want 0 or more");
        }
    }
}
