package io.callgate.wire.stun;

import io.callgate.wire.AbsoluteAccess;
import java.nio.ByteBuffer;

/// Writes one STUN message into the caller's memory, attribute by attribute. Padding is always zero: whatever was
/// in the memory before never leaves (CVE-2020-4067).
///
/// ```java
/// int bytes = MessageEncoder.begin(memory, offset, MessageClass.SUCCESS, Method.REFRESH, id)
///         .add(new Attribute.Lifetime(600)).integrity(key).finish();
/// ```
///
/// Memory that is too small shows as `IndexOutOfBoundsException`.
public final class MessageEncoder {
    private static final int MAX_BODY_BYTES = 0xFFFC;

    /// The order in which closing attributes may follow each other.
    private static final int OPEN = 0;

    private static final int BY_SHA1 = 1;
    private static final int BY_SHA256 = 2;
    private static final int BY_FINGERPRINT = 3;

    private final ByteBuffer memory;
    private final int messageOffset;
    private final int messageType;
    private final TransactionId id;
    private int endOffset;
    private int closed = OPEN;

    private MessageEncoder(ByteBuffer memory, int messageOffset, int messageType, TransactionId id) {
        this.memory = memory;
        this.messageOffset = messageOffset;
        this.messageType = messageType;
        this.id = id;
        endOffset = messageOffset + StunHeader.HEADER_BYTES;
    }

    public static MessageEncoder begin(ByteBuffer memory, int offset, MessageClass type, int method, TransactionId id) {
        return new MessageEncoder(memory, offset, StunHeader.messageType(type, method), id);
    }

    /// Writes a whole message at once, attributes as they are: integrity and fingerprint are not computed.
    ///
    /// @return the bytes of the message
    public static int encode(ByteBuffer memory, int offset, Message message) {
        MessageEncoder encoder = begin(memory, offset, message.type(), message.method(), message.id());
        message.attributes().forEach(encoder::append);
        return encoder.finish();
    }

    /// @throws IllegalStateException after [#integrity], [#integritySha256] or [#fingerprint]: a receiver would
    ///     ignore the attribute
    public MessageEncoder add(Attribute attribute) {
        requireOpen();
        append(attribute);
        return this;
    }

    /// MESSAGE-INTEGRITY over what is there so far (RFC 8489 §14.5).
    public MessageEncoder integrity(byte[] key) {
        close(BY_SHA1);
        return appendHmac(AttributeType.MESSAGE_INTEGRITY, Hmac.SHA1, key, Integrity.SHA1_BYTES);
    }

    /// MESSAGE-INTEGRITY-SHA256, all 32 bytes (RFC 8489 §14.6). May follow [#integrity].
    public MessageEncoder integritySha256(byte[] key) {
        return integritySha256(key, Integrity.SHA256_BYTES);
    }

    /// @param hmacBytes 16..32, a multiple of 4: the leftmost bytes that are sent
    public MessageEncoder integritySha256(byte[] key, int hmacBytes) {
        if (!Integrity.isSha256Length(hmacBytes)) {
            throw new IllegalArgumentException("MESSAGE-INTEGRITY-SHA256 of " + hmacBytes + " bytes");
        }
        close(BY_SHA256);
        return appendHmac(AttributeType.MESSAGE_INTEGRITY_SHA256, Hmac.SHA256, key, hmacBytes);
    }

    /// FINGERPRINT, the last attribute (RFC 8489 §14.7).
    public MessageEncoder fingerprint() {
        close(BY_FINGERPRINT);
        int coveredBytes = endOffset - messageOffset;
        int valueOffset = open(AttributeType.FINGERPRINT, Fingerprint.VALUE_BYTES);
        writeHeader();
        memory.putInt(valueOffset, Fingerprint.of(memory, messageOffset, coveredBytes));
        return this;
    }

    /// Writes the header; the message is complete.
    ///
    /// @return its bytes, header included
    public int finish() {
        writeHeader();
        return endOffset - messageOffset;
    }

    private void requireOpen() {
        if (closed != OPEN) {
            throw new IllegalStateException("attribute after integrity or fingerprint: a receiver would ignore it");
        }
    }

    private void close(int by) {
        if (closed >= by) {
            throw new IllegalStateException("MESSAGE-INTEGRITY, MESSAGE-INTEGRITY-SHA256, FINGERPRINT: in this order");
        }
        closed = by;
    }

    private MessageEncoder appendHmac(int type, Hmac algorithm, byte[] key, int hmacBytes) {
        int coveredBytes = endOffset - messageOffset;
        int valueOffset = open(type, hmacBytes);
        writeHeader();
        byte[] hmac = Integrity.hmac(algorithm, key, memory, messageOffset, coveredBytes, hmacBytes);
        AbsoluteAccess.put(memory, valueOffset, hmac, hmacBytes);
        return this;
    }

    private void append(Attribute attribute) {
        attribute.writeValue(memory, open(attribute.type(), attribute.valueBytes()), id);
    }

    /// Writes the attribute's header and zero padding.
    ///
    /// @return where its value goes
    private int open(int type, int valueBytes) {
        int valueOffset = endOffset + AttributeCursor.HEADER_BYTES;
        int nextOffset = valueOffset + AttributeCursor.padded(valueBytes);
        int bodyBytes = nextOffset - messageOffset - StunHeader.HEADER_BYTES;
        if (bodyBytes > MAX_BODY_BYTES) {
            throw new IllegalArgumentException(bodyBytes + " bytes of attributes, at most " + MAX_BODY_BYTES);
        }
        memory.putInt(endOffset, type << 16 | valueBytes);
        for (int at = valueOffset + valueBytes; at < nextOffset; at++) {
            memory.put(at, (byte) 0);
        }
        endOffset = nextOffset;
        return valueOffset;
    }

    private void writeHeader() {
        int bodyBytes = endOffset - messageOffset - StunHeader.HEADER_BYTES;
        StunHeader.write(memory, messageOffset, messageType, bodyBytes, id.high(), id.low());
    }
}
