package io.callgate.relay.grant;

import org.jspecify.annotations.Nullable;

/// Counts one grant's traffic and holds it to the app's rate. Confined to one loop.
///
/// Counts are payload bytes as the peer sees them, without TURN's or the tunnel's own framing.
public final class Meter {
    private final RateShare share;

    /// Of the grant; read by the thread that tells of sessions, too.
    private final Tally own = new Tally();

    /// Of all grants of the app by this ingress on this loop.
    private final Tally common;

    Meter(RateShare share, Tally common) {
        this.share = share;
        this.common = common;
    }

    /// @return null if it is counted and may go; else why not: drop the packet, or let it wait
    public @Nullable DropReason toPeer(int payloadBytes, long nowNanos) {
        DropReason refusal = share.take(payloadBytes, nowNanos);
        if (refusal == null) {
            own.toPeer(payloadBytes);
            common.toPeer(payloadBytes);
        }
        return refusal;
    }

    /// @return null if it is counted and may go; else why not: drop the packet, or let it wait
    public @Nullable DropReason toClient(int payloadBytes, long nowNanos) {
        DropReason refusal = share.take(payloadBytes, nowNanos);
        if (refusal == null) {
            own.toClient(payloadBytes);
            common.toClient(payloadBytes);
        }
        return refusal;
    }

    public long packetsToPeer() {
        return own.packetsToPeer();
    }

    public long bytesToPeer() {
        return own.bytesToPeer();
    }

    public long packetsToClient() {
        return own.packetsToClient();
    }

    public long bytesToClient() {
        return own.bytesToClient();
    }

    /// One loop's portion of an app's [RateBudget], and of its [Allotment] where it has one; shared by that app's
    /// meters on the loop.
    static final class RateShare {
        private static final int ALLOTMENT_PORTION_BYTES = 16 << 10;

        private final RateBudget budget;
        private final @Nullable Allotment allotment;
        private long leftBytes;
        private long leftOfAllotmentBytes;

        RateShare(RateBudget budget, @Nullable Allotment allotment) {
            this.budget = budget;
            this.allotment = allotment;
        }

        private @Nullable DropReason take(int bytes, long nowNanos) {
            if (!budget.isUnlimited()) {
                if (leftBytes < bytes) {
                    int portion = Math.max(bytes, budget.portionBytes());
                    if (!budget.draw(portion, nowNanos)) {
                        return DropReason.OVER_RATE;
                    }
                    leftBytes += portion;
                }
                leftBytes -= bytes;
            }
            return allotment == null || takeOf(allotment, bytes) ? null : DropReason.VOLUME_QUOTA;
        }

        private boolean takeOf(Allotment whole, int bytes) {
            if (leftOfAllotmentBytes < bytes) {
                int portion = Math.max(bytes, ALLOTMENT_PORTION_BYTES);
                if (!whole.draw(portion)) {
                    return false;
                }
                leftOfAllotmentBytes += portion;
            }
            leftOfAllotmentBytes -= bytes;
            return true;
        }
    }
}
