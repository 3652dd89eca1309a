package io.callgate.control.store;

/// What one app may use of the whole fleet.
///
/// @param sessions concurrent users
/// @param kbitPerSecond 0 is unlimited
public record Quota(int sessions, long kbitPerSecond, int allocationsPerSubject) {
    public static final Quota DEFAULT = new Quota(100, 0, 24);

    /// How many there may be at once: 10 % more than agreed, as the vendors allow.
    public long sessionsWithGrace() {
        return withGrace(sessions);
    }

    /// 0 is unlimited.
    public long kbitPerSecondWithGrace() {
        return kbitPerSecond == 0 ? 0 : withGrace(kbitPerSecond);
    }

    private static long withGrace(long agreed) {
        return agreed + Math.max(1, agreed / 10);
    }
}
