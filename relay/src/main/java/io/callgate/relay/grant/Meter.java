package io.callgate.relay.grant;

/// Counts one grant's traffic and holds it to the app's rate. Confined to one loop.
///
/// Counts are payload bytes as the peer sees them, without TURN's or the tunnel's own framing.
public final class Meter {
    private final RateShare share;
    private long packetsToPeer;
    private long bytesToPeer;
    private long packetsToClient;
    private long bytesToClient;

    Meter(RateShare share) {
        this.share = share;
    }

    /// @return false if the app is over its rate: drop the packet and count it
    public boolean toPeer(int payloadBytes, long nowNanos) {
        if (!share.take(payloadBytes, nowNanos)) {
            return false;
        }
        packetsToPeer++;
        bytesToPeer += payloadBytes;
        return true;
    }

    /// @return false if the app is over its rate: drop the packet and count it
    public boolean toClient(int payloadBytes, long nowNanos) {
        if (!share.take(payloadBytes, nowNanos)) {
            return false;
        }
        packetsToClient++;
        bytesToClient += payloadBytes;
        return true;
    }

    public long packetsToPeer() {
        return packetsToPeer;
    }

    public long bytesToPeer() {
        return bytesToPeer;
    }

    public long packetsToClient() {
        return packetsToClient;
    }

    public long bytesToClient() {
        return bytesToClient;
    }

    /// One loop's portion of an app's [RateBudget], shared by that app's meters on the loop.
    static final class RateShare {
        private final RateBudget budget;
        private long leftBytes;

        RateShare(RateBudget budget) {
            this.budget = budget;
        }

        private boolean take(int bytes, long nowNanos) {
            if (budget.isUnlimited()) {
                return true;
            }
            if (leftBytes < bytes) {
                int portion = Math.max(bytes, budget.portionBytes());
                if (!budget.draw(portion, nowNanos)) {
                    return false;
                }
                leftBytes += portion;
            }
            leftBytes -= bytes;
            return true;
        }
    }
}
