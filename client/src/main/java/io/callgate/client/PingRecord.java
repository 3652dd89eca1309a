package io.callgate.client;

/// How the last signs of life of one path fared. A path of 150 ms between two is judged after three seconds;
/// six seconds are remembered. Safe for any thread.
final class PingRecord {
    private static final int REMEMBERED = 40;
    private static final int ENOUGH = 20;

    /// One in eight, about as many as are missed when one datagram in sixteen is lost each way. Below that
    /// sound hardly suffers, and a stream would only make late what was lost.
    private static final int UNSTABLE_PART = 8;

    /// Less than the 250 ms after which an unanswered question is repeated: later than this the first one was
    /// lost.
    private static final long LATE_NANOS = 230_000_000;

    private final boolean[] missed = new boolean[REMEMBERED]; // a ring
    private long pings;
    private long missedPings;
    private long bestNanos = Long.MAX_VALUE;

    /// @param tookNanos compared with the best so far: a long way is no bad way
    synchronized void answered(long tookNanos) {
        bestNanos = Math.min(bestNanos, tookNanos);
        add(tookNanos > Math.max(LATE_NANOS, 2 * bestNanos));
    }

    synchronized void missed() {
        add(true);
    }

    private void add(boolean isMissed) {
        int place = (int) (pings % REMEMBERED);
        missedPings += (isMissed ? 1 : 0) - (missed[place] ? 1 : 0);
        missed[place] = isMissed;
        pings++;
    }

    synchronized boolean isJudged() {
        return pings >= ENOUGH;
    }

    synchronized boolean isUnstable() {
        return pings >= ENOUGH && missedPings * UNSTABLE_PART >= Math.min(pings, REMEMBERED);
    }
}
