package io.callgate.control.lease;

import io.callgate.control.store.FleetNeed;
import io.callgate.control.store.Quota;
import io.callgate.model.AppNeed;
import io.callgate.model.Portion;

/// Splits what an app may use of the fleet among its relays (decision 0028). Pure: a relay's share follows from
/// what it wants, what all want together, and how many they are, so each control answers each heartbeat by itself.
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
        Portion sessions = ofSessions(quota, fleet, own.sessions(), own.wantedSessions());
        long kbitPerSecond = quota.kbitPerSecond() == 0
                ? 0
                : Math.max(
                        1, // 0 would be unlimited
                        share(
                                quota.kbitPerSecondWithGrace(),
                                own.wantedKbitPerSecond(),
                                fleet.wantedKbitPerSecond(),
                                fleet.relays()));
        return new Portion(own.app(), sessions.sessions(), sessions.lentSessions(), kbitPerSecond);
    }

    /// Of a relay that has no use for the app yet. Its rate is that of the whole fleet: what it will need, nobody
    /// knows, and with the first session it tells.
    public static Portion idle(Quota quota, FleetNeed fleet) {
        return ofSessions(quota, fleet, 0, 0);
    }

    /// No more than the relay has and the fleet has left: whoever is above a share that has shrunk keeps what is
    /// above it, so the others must not have it too.
    private static Portion ofSessions(Quota quota, FleetNeed fleet, long own, long wanted) {
        long unused = Math.max(0, quota.sessionsWithGrace() - fleet.sessions());
        long share = share(quota.sessionsWithGrace(), wanted, fleet.wantedSessions(), fleet.relays());
        long sessions = Math.min(share, own + unused);
        long ownUnused = Math.max(0, sessions - own);
        return new Portion(fleet.app(), sessions, unused - ownUnused, 0);
    }

    /// A relay's share of a total. The shares of all relays are the total together, but for what rounding down
    /// leaves.
    ///
    /// @param wanted by this relay
    /// @param wantedByAll this relay included
    /// @param relays at least 1
    static long share(long total, long wanted, long wantedByAll, int relays) {
        double floor = total * FLOOR;
        double rest = total - floor;
        double demand = wantedByAll == 0 ? 1.0 / relays : (double) wanted / wantedByAll;
        double unwanted = rest - wantedByAll;
        double byDemand = unwanted < 0 ? rest * demand : wanted + unwanted * (EVENLY / relays + (1 - EVENLY) * demand);
        return (long) (floor / relays + byDemand + ROUNDING);
    }
}
