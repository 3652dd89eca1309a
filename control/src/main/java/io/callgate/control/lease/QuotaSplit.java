package io.callgate.control.lease;

import io.callgate.control.store.FleetNeed;
import io.callgate.control.store.Quota;
import io.callgate.model.AppNeed;
import io.callgate.model.Portion;

/// Splits what an app may use of the fleet among its relays (decision 0028). Pure: a relay's share follows from what it
/// wants, what all want together, and how many they are, so each control answers each heartbeat by itself.
public final class QuotaSplit {
    /// The part that relays get whatever others want, so that a relay that had no client can take its first.
    private static final double FLOOR = 0.05;

    /// Of what nobody wants now, the part that all get alike; the rest goes where the demand is.
    private static final double EVENLY = 0.5;

    /// Below one session or kbit/s: what is lost in sums of fractions.
    private static final double ROUNDING = 1e-6;

    private QuotaSplit() {}

    /// @param fleet what all relays need, this one included
    /// @param own what this relay needs
    public static Portion portion(Quota quota, FleetNeed fleet, AppNeed own) {
        long sessions =
                share(quota.sessionsWithGrace(), own.wantedSessions(), fleet.wantedSessions(), fleet.relays());
        long unused = Math.max(0, quota.sessionsWithGrace() - fleet.sessions());
        long ownUnused = Math.max(0, sessions - own.sessions());
        long kbitPerSecond = quota.kbitPerSecond() == 0
                ? 0
                : Math.max(
                        1, // 0 would be unlimited
                        share(
                                quota.kbitPerSecondWithGrace(),
                                own.wantedKbitPerSecond(),
                                fleet.wantedKbitPerSecond(),
                                fleet.relays()));
        return new Portion(own.app(), sessions, Math.max(0, unused - ownUnused), kbitPerSecond);
    }

    /// A relay's share of a total. The shares of all relays are the total together, but for what rounding down leaves.
    ///
    /// @param wanted by this relay
    /// @param wantedByAll this relay included
    /// @param relays at least 1
    static long share(long total, long wanted, long wantedByAll, int relays) {
        double floor = total * FLOOR;
        double rest = total - floor;
        double demand = wantedByAll == 0 ? 1.0 / relays : (double) wanted / wantedByAll;
        double unwanted = rest - wantedByAll;
        double byDemand = unwanted < 0
                ? rest * demand
                : wanted + unwanted * (EVENLY / relays + (1 - EVENLY) * demand);
        return (long) (floor / relays + byDemand + ROUNDING);
    }
}
