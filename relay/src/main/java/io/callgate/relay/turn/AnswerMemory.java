package io.callgate.relay.turn;

import io.callgate.wire.Bytes;
import io.callgate.wire.stun.TransactionId;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The last answers that ended an allocation, for the retransmissions that may follow (RFC 8489 §6.3.1). Bounded,
/// and filled by proved clients only. Confined to one loop.
final class AnswerMemory {
    private static final int CAPACITY = 256;
    private static final long LIFETIME_NANOS = 40_000_000_000L; // RFC 8489 §6.3.1: at least 40 seconds

    private final Deque<Entry> entries = new ArrayDeque<>();

    private record Entry(long high, long low, int port, TransactionId id, Bytes answer, long keptAtNanos) {
        boolean is(ClientPath client, TransactionId otherId) {
            return id.equals(otherId) && port == client.port() && low == client.low() && high == client.high();
        }
    }

    void keep(ClientPath client, TransactionId id, byte[] answer, long nowNanos) {
        if (entries.size() == CAPACITY) {
            entries.removeFirst();
        }
        entries.addLast(new Entry(client.high(), client.low(), client.port(), id, Bytes.of(answer), nowNanos));
    }

    byte @Nullable [] find(ClientPath client, TransactionId id, long nowNanos) {
        while (!entries.isEmpty() && nowNanos - entries.getFirst().keptAtNanos() > LIFETIME_NANOS) {
            entries.removeFirst();
        }
        for (Entry entry : entries) {
            if (entry.is(client, id)) {
                return entry.answer().toArray();
            }
        }
        return null;
    }
}
