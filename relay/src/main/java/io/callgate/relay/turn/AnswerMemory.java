package io.callgate.relay.turn;

import io.callgate.wire.Bytes;
import io.callgate.wire.stun.TransactionId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The last answers that ended an allocation, for the retransmissions that may follow (RFC 8489 §6.3.1). Bounded,
/// and filled by proved clients only. Confined to one loop.
final class AnswerMemory {
    private static final int CAPACITY = 256;
    private static final long LIFETIME_NANOS = 40_000_000_000L; // RFC 8489 §6.3.1: at least 40 seconds

    private final Map<Asked, Kept> entries = new LinkedHashMap<>(); // the oldest first

    private record Asked(long high, long low, int port, TransactionId id) {
        static Asked by(ClientPath client, TransactionId id) {
            return new Asked(client.high(), client.low(), client.port(), id);
        }
    }

    private record Kept(Bytes answer, long keptAtNanos) {}

    void keep(ClientPath client, TransactionId id, byte[] answer, long nowNanos) {
        entries.put(Asked.by(client, id), new Kept(Bytes.of(answer), nowNanos));
        if (entries.size() > CAPACITY) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    byte @Nullable [] find(ClientPath client, TransactionId id, long nowNanos) {
        for (Iterator<Kept> oldest = entries.values().iterator(); oldest.hasNext(); oldest.remove()) {
            if (nowNanos - oldest.next().keptAtNanos() <= LIFETIME_NANOS) {
                break;
            }
        }
        Kept kept = entries.get(Asked.by(client, id));
        return kept == null ? null : kept.answer().toArray();
    }
}
