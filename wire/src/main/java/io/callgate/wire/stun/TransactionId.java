package io.callgate.wire.stun;

import java.nio.ByteBuffer;
import java.util.Random;

/// The 96 bits that pair an answer with its request (RFC 8489 §5).
///
/// @param high the first 4 bytes
/// @param low the last 8 bytes
public record TransactionId(int high, long low) {
    public static final int BYTES = 12;

    /// @param random for a client this must be a secure one: the id is what keeps forged answers out
    public static TransactionId random(Random random) {
        return new TransactionId(random.nextInt(), random.nextLong());
    }

    /// @param messageOffset where the 20-byte STUN header begins
    public static TransactionId of(ByteBuffer memory, int messageOffset) {
        return new TransactionId(
                StunHeader.transactionHigh(memory, messageOffset), StunHeader.transactionLow(memory, messageOffset));
    }

    @Override
    public String toString() {
        return String.format("%08x%016x", high, low);
    }
}
