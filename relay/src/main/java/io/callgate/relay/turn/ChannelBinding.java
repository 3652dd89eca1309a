package io.callgate.relay.turn;

/// A number that stands for one peer (RFC 8656 §12). Confined to its allocation's loop.
final class ChannelBinding {
    static final long LIFETIME_NANOS = 600_000_000_000L; // RFC 8656 §12: 10 minutes

    private final int number;
    private final RelayedSocket relayed;
    private final long high;
    private final long low;
    private final int port;
    private long expiresAtNanos;

    /// @param relayed the side of the allocation in the peer's address family
    ChannelBinding(int number, RelayedSocket relayed, long high, long low, int port) {
        this.number = number;
        this.relayed = relayed;
        this.high = high;
        this.low = low;
        this.port = port;
    }

    int number() {
        return number;
    }

    RelayedSocket relayed() {
        return relayed;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    int port() {
        return port;
    }

    boolean isAlive(long nowNanos) {
        return expiresAtNanos - nowNanos > 0;
    }

    void renew(long nowNanos) {
        expiresAtNanos = nowNanos + LIFETIME_NANOS;
    }
}
