package io.callgate.relay.loop;

import java.security.SecureRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A hash map from transport address (and a tag: which listener, or 0) to a value, without an object per key.
/// Confined to one loop. Open addressing with linear probing; at most half full. Grows from nothing: each
/// allocation has three, most of them for one entry.
///
/// @param <V> never null
public final class EndpointMap<V> {
    // Never written: the first put() grows.
    private static final long[] NO_KEYS = new long[1];
    private static final @Nullable Object[] NO_VALUES = new Object[1];

    // Keys come from strangers: without a secret they could choose addresses that collide.
    private static final long SEED = new SecureRandom().nextLong() | 1;

    private long[] highs = NO_KEYS;
    private long[] lows = NO_KEYS;
    private long[] portTags = NO_KEYS;
    private @Nullable Object[] values = NO_VALUES;
    private int count;

    public int count() {
        return count;
    }

    @SuppressWarnings("unchecked") // only put() fills the array, with V
    public @Nullable V find(long high, long low, int port, int tag) {
        return (V) values[slot(high, low, portTag(port, tag))];
    }

    /// @param value replaces what was there
    public void put(long high, long low, int port, int tag, V value) {
        if ((count + 1) * 2 > values.length) {
            grow();
        }
        long portTag = portTag(port, tag);
        int slot = slot(high, low, portTag);
        if (values[slot] == null) {
            count++;
        }
        highs[slot] = high;
        lows[slot] = low;
        portTags[slot] = portTag;
        values[slot] = value;
    }

    /// Removes a key; does nothing if it is not there.
    public void remove(long high, long low, int port, int tag) {
        int hole = slot(high, low, portTag(port, tag));
        if (values[hole] == null) {
            return;
        }
        count--;
        // Closes the gap, so that no probe ends before its key: moves each follower whose home is not behind the hole.
        int mask = values.length - 1;
        for (int next = hole + 1 & mask; values[next] != null; next = next + 1 & mask) {
            int home = home(highs[next], lows[next], portTags[next]);
            if ((next - home & mask) >= (next - hole & mask)) {
                highs[hole] = highs[next];
                lows[hole] = lows[next];
                portTags[hole] = portTags[next];
                values[hole] = values[next];
                hole = next;
            }
        }
        values[hole] = null;
    }

    /// Calls back with every value; the map must not change meanwhile.
    @SuppressWarnings("unchecked") // only put() fills the array, with V
    public void forEach(Consumer<? super V> action) {
        for (Object value : values) {
            if (value != null) {
                action.accept((V) value);
            }
        }
    }

    static long hash(long high, long low, int port, int tag) {
        return hash(high, low, portTag(port, tag));
    }

    private static long hash(long high, long low, long portTag) {
        long mixed = (high ^ SEED) * 0x9E37_79B9_7F4A_7C15L;
        mixed = (mixed ^ mixed >>> 32 ^ low) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ mixed >>> 29 ^ portTag) * SEED;
        return (mixed ^ mixed >>> 31) * 0x94D0_49BB_1331_11EBL;
    }

    private static long portTag(int port, int tag) {
        return (long) tag << 32 | port;
    }

    private int home(long high, long low, long portTag) {
        return (int) (hash(high, low, portTag) >>> 40) & values.length - 1;
    }

    private int slot(long high, long low, long portTag) {
        int mask = values.length - 1;
        int slot = home(high, low, portTag);
        while (values[slot] != null && (lows[slot] != low || portTags[slot] != portTag || highs[slot] != high)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHighs = highs;
        long[] oldLows = lows;
        long[] oldPortTags = portTags;
        @Nullable Object[] oldValues = values;
        int capacity = oldValues.length * 2;
        highs = new long[capacity];
        lows = new long[capacity];
        portTags = new long[capacity];
        values = new Object[capacity];
        for (int i = 0; i < oldValues.length; i++) {
            if (oldValues[i] != null) {
                int slot = slot(oldHighs[i], oldLows[i], oldPortTags[i]);
                highs[slot] = oldHighs[i];
                lows[slot] = oldLows[i];
                portTags[slot] = oldPortTags[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
