package io.callgate.control.store;

import io.callgate.model.TimeSource;
import java.security.SecureRandom;
import java.util.UUID;

/// Makes UUIDv7 (RFC 9562 §5.7): later ones sort after earlier ones, also within one millisecond of one process.
final class Ids {
    private static final int SEQUENCE_BITS = 12;

    private final SecureRandom random = new SecureRandom();
    private final TimeSource time;
    private long last; // milliseconds and, below them, the sequence

    Ids(TimeSource time) {
        this.time = time;
    }

    UUID next() {
        long stamp = nextStamp();
        long high = (stamp >>> SEQUENCE_BITS) << 16 | 0x7000 | (stamp & 0xFFF); // version 7, rand_a is the sequence
        long low = random.nextLong() >>> 2 | 0x8000_0000_0000_0000L; // variant 10
        return new UUID(high, low);
    }

    /// A full sequence runs on into the next millisecond, as RFC 9562 §6.2 allows.
    private synchronized long nextStamp() {
        last = Math.max(last + 1, time.now().toEpochMilli() << SEQUENCE_BITS);
        return last;
    }
}
