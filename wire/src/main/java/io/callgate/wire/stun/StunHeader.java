package io.callgate.wire.stun;

import java.nio.ByteBuffer;

/// The 20-byte header of a STUN message, read in place (RFC 8489 §5). Allocates nothing.
public final class StunHeader {
    public static final int HEADER_BYTES = 20;
    public static final int MAGIC_COOKIE = 0x2112A442;

    /// Message types of the two indications that carry media (RFC 8656 §17).
    public static final int SEND_INDICATION = messageType(MessageClass.INDICATION, Method.SEND);

    public static final int DATA_INDICATION = messageType(MessageClass.INDICATION, Method.DATA);

    static final int LENGTH_OFFSET = 2;
    private static final int COOKIE_OFFSET = 4;
    private static final int TRANSACTION_OFFSET = 8;

    private StunHeader() {}

    /// True if the `length` bytes at `offset` are exactly one STUN message by RFC 8489 §6.3's basic checks: two
    /// zero bits, the cookie, a length field that is a multiple of 4 and equal to what follows the header.
    public static boolean looksLikeStun(ByteBuffer memory, int offset, int length) {
        return length >= HEADER_BYTES
                && (memory.get(offset) & 0xC0) == 0
                && memory.getInt(offset + COOKIE_OFFSET) == MAGIC_COOKIE
                && bodyBytes(memory, offset) == length - HEADER_BYTES
                && (length & 3) == 0;
    }

    /// The 14 bits of class and method together, as in RFC 8656 §17: 0x0016 is a Send indication.
    public static int messageType(ByteBuffer memory, int offset) {
        return Short.toUnsignedInt(memory.getShort(offset));
    }

    /// Interleaves method and class: `M11..M7 C1 M6..M4 C0 M3..M0` (RFC 8489 §5, figure 3).
    public static int messageType(MessageClass type, int method) {
        int c = type.bits();
        return ((method & 0xF80) << 2) | ((c & 2) << 7) | ((method & 0x70) << 1) | ((c & 1) << 4) | (method & 0xF);
    }

    public static MessageClass messageClass(ByteBuffer memory, int offset) {
        int type = messageType(memory, offset);
        return MessageClass.of(((type >> 7) & 2) | ((type >> 4) & 1));
    }

    /// One of [Method], or any other number of 12 bits.
    public static int method(ByteBuffer memory, int offset) {
        int type = messageType(memory, offset);
        return ((type >> 2) & 0xF80) | ((type >> 1) & 0x70) | (type & 0xF);
    }

    /// The length field: bytes of attributes after the header.
    public static int bodyBytes(ByteBuffer memory, int offset) {
        return Short.toUnsignedInt(memory.getShort(offset + LENGTH_OFFSET));
    }

    public static boolean hasMagicCookie(ByteBuffer memory, int offset) {
        return memory.getInt(offset + COOKIE_OFFSET) == MAGIC_COOKIE;
    }

    /// The first 4 bytes of the transaction id.
    public static int transactionHigh(ByteBuffer memory, int offset) {
        return memory.getInt(offset + TRANSACTION_OFFSET);
    }

    /// The last 8 bytes of the transaction id.
    public static long transactionLow(ByteBuffer memory, int offset) {
        return memory.getLong(offset + TRANSACTION_OFFSET + 4);
    }

    /// Writes all 20 bytes.
    public static void write(
            ByteBuffer memory, int offset, int messageType, int bodyBytes, int transactionHigh, long transactionLow) {
        memory.putInt(offset, (messageType << 16) | bodyBytes);
        memory.putInt(offset + COOKIE_OFFSET, MAGIC_COOKIE);
        memory.putInt(offset + TRANSACTION_OFFSET, transactionHigh);
        memory.putLong(offset + TRANSACTION_OFFSET + 4, transactionLow);
    }
}
