package io.callgate.control.store;

/// What one app may use of the whole fleet.
///
/// @param sessions concurrent users
/// @param kbitPerSecond 0 is unlimited
public record Quota(int sessions, long kbitPerSecond, int allocationsPerSubject) {
    public static final Quota DEFAULT = new Quota(100, 0, 24);

    /// From how many sessions on no new lease is given: 10 % more than agreed, as the vendors allow.
    public long sessionsWithGrace() {
        return sessions + Math.max(1, sessions / 10L);
    }
}
