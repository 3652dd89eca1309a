package io.callgate.relay.net;

/// Decides when a busy loop sleeps for a moment before it reads again, so that several datagrams share a turn: one
/// waking, one read, one call to send (decision 0070). A pure rule over packet counts and time; confined to one
/// loop.
///
/// Nothing waits while fewer than three packets come in a window: a lone call is never late. Nothing waits either
/// after a turn that had plenty: there the next ones lie ready, and sleep would only cost capacity.
final class Gather {
    private static final long LOOK_NANOS = 1_000_000;
    private static final int FEWEST_PACKETS = 3;
    private static final int PLENTY_PACKETS = 32;

    private long windowNanos;
    private long lookedAtNanos;
    private long packetsSince;
    private long waitNanos;

    /// @param nanos the longest wait; 0: never
    Gather(long nanos, long nowNanos) {
        windowNanos = nanos;
        lookedAtNanos = nowNanos;
    }

    /// Takes another longest wait.
    void window(long nanos) {
        windowNanos = nanos;
        waitNanos = 0;
    }

    /// Whether it ever waits.
    boolean isOn() {
        return windowNanos > 0;
    }

    /// Counts a turn of the loop.
    ///
    /// @param packets received in it
    /// @return nanoseconds to sleep now, 0 to the window
    long afterTurn(int packets, long nowNanos) {
        packetsSince += packets;
        long elapsedNanos = nowNanos - lookedAtNanos;
        if (elapsedNanos >= LOOK_NANOS) {
            waitNanos = waitFor((double) packetsSince / elapsedNanos);
            packetsSince = 0;
            lookedAtNanos = nowNanos;
        }
        return packets < PLENTY_PACKETS ? waitNanos : 0;
    }

    /// Until plenty has come, the window at most.
    private long waitFor(double packetsPerNano) {
        return packetsPerNano * windowNanos < FEWEST_PACKETS
                ? 0
                : Math.min(windowNanos, (long) (PLENTY_PACKETS / packetsPerNano));
    }
}
