package io.callgate.model;

/// What one app may use of a relay.
///
/// @param sessions subjects with at least one live allocation or tunnel, at the same time
/// @param kbitPerSecond both directions together, of the whole app; 0 is unlimited
/// @param newPeersPerSecond permissions for addresses that the subject's allocations did not have, per subject
/// @param tunnelsPerSubject SOCKS5 and CONNECT connections at the same time
public record Limits(
        int sessions,
        int allocationsPerSubject,
        long kbitPerSecond,
        int permissionsPerAllocation,
        int channelsPerAllocation,
        int newPeersPerSecond,
        int tunnelsPerSubject) {
    /// 24: one browser makes 6 to 12 allocations. 256 permissions hold every candidate of a large call.
    public static final Limits DEFAULT = new Limits(100, 24, 0, 256, 256, 50, 256);

    public Limits {
        requireAtLeastOne("sessions", sessions);
        requireAtLeastOne("allocationsPerSubject", allocationsPerSubject);
        if (kbitPerSecond < 0) {
            throw new IllegalArgumentException("kbitPerSecond " + kbitPerSecond + ": want 0 (unlimited) or more");
        }
        requireAtLeastOne("permissionsPerAllocation", permissionsPerAllocation);
        requireAtLeastOne("channelsPerAllocation", channelsPerAllocation);
        requireAtLeastOne("newPeersPerSecond", newPeersPerSecond);
        requireAtLeastOne("tunnelsPerSubject", tunnelsPerSubject);
    }

    /// These with what control and a relay's file decide; the rest as it is.
    public Limits with(int otherSessions, int otherAllocationsPerSubject, long otherKbitPerSecond) {
        return new Limits(
                otherSessions,
                otherAllocationsPerSubject,
                otherKbitPerSecond,
                permissionsPerAllocation,
                channelsPerAllocation,
                newPeersPerSecond,
                tunnelsPerSubject);
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " " + value + ": want 1 or more");
        }
    }
}
