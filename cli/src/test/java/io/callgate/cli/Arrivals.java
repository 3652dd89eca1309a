package io.callgate.cli;

import java.time.Duration;
import java.util.NavigableSet;
import java.util.TreeSet;

/// When the packets of a call arrived, and beside them those of a reference that went past everything: a machine
/// that stands still holds up both. Times are since the call began. Not for several threads.
final class Arrivals {
    private final NavigableSet<Long> ofCall = new TreeSet<>();
    private final NavigableSet<Long> ofReference = new TreeSet<>();

    void call(long atNanos) {
        ofCall.add(atNanos);
    }

    void reference(long atNanos) {
        ofReference.add(atNanos);
    }

    /// What comes next is measured from the last arrival on.
    void forget() {
        if (!ofCall.isEmpty()) {
            long last = ofCall.last();
            ofCall.headSet(last).clear();
            ofReference.headSet(last).clear();
        }
    }

    /// The longest time between two arrivals of the call, less the longest in it without one of the reference.
    Duration longestGap() {
        long longestNanos = 0;
        long from = -1;
        for (long to : ofCall) {
            if (from >= 0) {
                longestNanos = Math.max(longestNanos, to - from - stillness(from, to));
            }
            from = to;
        }
        return Duration.ofNanos(longestNanos);
    }

    private long stillness(long from, long to) {
        long longestNanos = 0;
        long last = from;
        for (long at : ofReference.subSet(from, false, to, false)) {
            longestNanos = Math.max(longestNanos, at - last);
            last = at;
        }
        return Math.max(longestNanos, to - last);
    }
}
