package io.callgate.relay.turn;

/// Leave for one peer address, any port, to reach the client (RFC 8656 §9). Confined to its allocation's loop.
final class Permission {
    static final long LIFETIME_NANOS = 300_000_000_000L; // RFC 8656 §9: 300 seconds

    private final long high;
    private final long low;
    private long expiresAtNanos;

    Permission(long high, long low) {
        this.high = high;
        this.low = low;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    boolean isAlive(long nowNanos) {
        return expiresAtNanos - nowNanos > 0;
    }

    void renew(long nowNanos) {
        expiresAtNanos = nowNanos + LIFETIME_NANOS;
    }
}
