package io.callgate.wire.stun;

import java.nio.ByteBuffer;

/// Walks the attributes of one STUN message in place; reusable, allocates nothing. Confined to one thread.
///
/// Shows every attribute that counts, in order, duplicates too: of two the first one counts (RFC 8489 §14), and
/// who cares sees the second. What must be ignored is not shown: after MESSAGE-INTEGRITY all but
/// MESSAGE-INTEGRITY-SHA256 and FINGERPRINT, after MESSAGE-INTEGRITY-SHA256 all but FINGERPRINT, after
/// FINGERPRINT all (RFC 8489 §14.5 to §14.7).
///
/// ```java
/// if (!cursor.reset(memory, offset, length)) return drop(MALFORMED);
/// while (cursor.next()) {
///     switch (cursor.type()) { ... }
/// }
/// ```
public final class AttributeCursor {
    static final int HEADER_BYTES = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer memory = NOTHING;
    private int nextOffset;
    private int endOffset;
    private int sealedBy;
    private int type;
    private int valueOffset;
    private int valueBytes;

    /// Points before the first attribute of the message at `offset`, which [StunHeader#looksLikeStun] has
    /// accepted.
    ///
    /// @return false if the attributes do not fill the message exactly; [#next] then shows none
    public boolean reset(ByteBuffer memory, int offset, int length) {
        int end = offset + length;
        this.memory = memory;
        nextOffset = offset + StunHeader.HEADER_BYTES;
        sealedBy = 0;
        boolean whole = firstBroken(memory, nextOffset, end) == end;
        endOffset = whole ? end : nextOffset;
        return whole;
    }

    /// The offset of the first attribute that reaches beyond `end`, or `end` if they fill it exactly.
    static int firstBroken(ByteBuffer memory, int offset, int end) {
        int at = offset;
        while (end - at >= HEADER_BYTES) {
            int next = at + HEADER_BYTES + padded(Short.toUnsignedInt(memory.getShort(at + 2)));
            if (next > end) {
                return at;
            }
            at = next;
        }
        return at;
    }

    /// Values are padded to a multiple of 4; the length field does not count the padding (RFC 8489 §14).
    static int padded(int valueBytes) {
        return (valueBytes + 3) & ~3;
    }

    public boolean next() {
        while (nextOffset < endOffset) {
            type = Short.toUnsignedInt(memory.getShort(nextOffset));
            valueBytes = Short.toUnsignedInt(memory.getShort(nextOffset + 2));
            valueOffset = nextOffset + HEADER_BYTES;
            nextOffset = valueOffset + padded(valueBytes);
            if (counts()) {
                return true;
            }
        }
        return false;
    }

    private boolean counts() {
        boolean shown = switch (sealedBy) {
            case 0 -> true;
            case AttributeType.MESSAGE_INTEGRITY ->
                type == AttributeType.MESSAGE_INTEGRITY_SHA256 || type == AttributeType.FINGERPRINT;
            case AttributeType.MESSAGE_INTEGRITY_SHA256 -> type == AttributeType.FINGERPRINT;
            default -> false;
        };
        if (shown && seals(type)) {
            sealedBy = type;
        }
        return shown;
    }

    private static boolean seals(int type) {
        return type == AttributeType.MESSAGE_INTEGRITY
                || type == AttributeType.MESSAGE_INTEGRITY_SHA256
                || type == AttributeType.FINGERPRINT;
    }

    /// One of [AttributeType], or any other number of 16 bits.
    public int type() {
        return type;
    }

    public int valueOffset() {
        return valueOffset;
    }

    /// Without padding.
    public int valueBytes() {
        return valueBytes;
    }
}
