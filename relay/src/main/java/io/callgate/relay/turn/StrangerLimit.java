package io.callgate.relay.turn;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// How many requests by UDP one source may send without a session: each costs an answer, and its source may be
/// somebody else's address. A source is an IPv4 address or an IPv6 /64, whatever the port. Confined to one loop.
///
/// Fixed memory however many sources there are: two rows of counters, each source has one in each row, and the
/// smaller of the two is at least what it has sent (a count-min sketch). Sources that share both counters share
/// their limit; which ones do nobody outside can know.
final class StrangerLimit {
    /// In one window, over all loops. A thousand people of one office, all joining a meeting within ten seconds
    /// with twelve allocations each, send 24,000 (a challenge and an answer for each). What a spoofer can turn
    /// against one address stays under 4 Mbit/s.
    static final int REQUESTS = 30_000;

    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    /// However many loops share it, one socket, which always comes to the same loop, gets this much.
    private static final int LEAST_REQUESTS = 2_000;

    private static final int SLOTS = 1 << 14;

    private final long seed = new SecureRandom().nextLong() | 1;
    private final int limit;
    private final int[] first = new int[SLOTS];
    private final int[] second = new int[SLOTS];
    private long windowBeganNanos;
    private boolean hasToldOfWindow;

    /// @param loops how many share the limit
    StrangerLimit(int loops, long nowNanos) {
        this.limit = Math.max(LEAST_REQUESTS, REQUESTS / loops);
        this.windowBeganNanos = nowNanos - WINDOW_NANOS; // the first window begins with the first request
    }

    /// Counts one request.
    ///
    /// @return false if its source has sent too many within this window
    boolean admits(long high, long low, long nowNanos) {
        if (nowNanos - windowBeganNanos >= WINDOW_NANOS) {
            windowBeganNanos = nowNanos;
            hasToldOfWindow = false;
            Arrays.fill(first, 0);
            Arrays.fill(second, 0);
        }
        // IPv4 is all in the low half, and an IPv6 /64 is the high one.
        long source = (high == 0 ? low : high) ^ seed;
        long hash = (source ^ source >>> 32) * 0x9E37_79B9_7F4A_7C15L * seed;
        hash ^= hash >>> 29;
        int one = (int) (hash >>> 40) & SLOTS - 1;
        int two = (int) (hash >>> 16) & SLOTS - 1;
        int count = Math.min(first[one], second[two]) + 1;
        if (count > limit) {
            return false;
        }
        first[one] = Math.max(first[one], count);
        second[two] = Math.max(second[two], count);
        return true;
    }

    /// @return true once a window, for the one log line about it
    boolean isFirstRefusal() {
        boolean isFirst = !hasToldOfWindow;
        hasToldOfWindow = true;
        return isFirst;
    }
}
