package io.callgate.relay.loop;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Which loop holds which client, for packets that arrive on another: the kernel spreads clients over the sockets
/// of a port by hash, and a changed number of sockets moves them. Asked only when a loop does not know a client.
///
/// Shared by all loops without locks. Reading allocates nothing, since strangers' packets are read against it.
public final class LoopDirectory {
    /// What [#find] says of an unknown client.
    public static final int NONE = -1;

    private static final int BUCKETS = 1 << 14;

    private final AtomicReferenceArray<@Nullable Entry> buckets = new AtomicReferenceArray<>(BUCKETS);

    /// @param listener which of the relay's listeners the client talks to
    /// @return the loop's index, or [#NONE]
    public int find(long high, long low, int port, int listener) {
        Entry entry = buckets.get(bucket(high, low, port, listener));
        while (entry != null) {
            if (entry.is(high, low, port, listener)) {
                return entry.loop;
            }
            entry = entry.next;
        }
        return NONE;
    }

    public void add(long high, long low, int port, int listener, int loop) {
        int bucket = bucket(high, low, port, listener);
        while (true) {
            Entry first = buckets.get(bucket);
            if (buckets.compareAndSet(bucket, first, new Entry(high, low, port, listener, loop, first))) {
                return;
            }
        }
    }

    public void remove(long high, long low, int port, int listener) {
        int bucket = bucket(high, low, port, listener);
        while (true) {
            Entry first = buckets.get(bucket);
            if (buckets.compareAndSet(bucket, first, without(first, high, low, port, listener))) {
                return;
            }
        }
    }

    private static @Nullable Entry without(@Nullable Entry first, long high, long low, int port, int listener) {
        Entry kept = null;
        for (Entry entry = first; entry != null; entry = entry.next) {
            if (!entry.is(high, low, port, listener)) {
                kept = new Entry(entry.high, entry.low, entry.port, entry.listener, entry.loop, kept);
            }
        }
        return kept;
    }

    private static int bucket(long high, long low, int port, int listener) {
        return (int) (EndpointMap.hash(high, low, port, listener) >>> 50);
    }

    private record Entry(
            long high,
            long low,
            int port,
            int listener,
            int loop,
            @Nullable Entry next) {
        boolean is(long otherHigh, long otherLow, int otherPort, int otherListener) {
            return low == otherLow && port == otherPort && high == otherHigh && listener == otherListener;
        }
    }
}
