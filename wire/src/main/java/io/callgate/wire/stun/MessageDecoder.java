package io.callgate.wire.stun;

import io.callgate.wire.MalformedPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Bytes to [Message].
public final class MessageDecoder {
    private MessageDecoder() {}

    /// Decodes exactly one message. Which attributes count is [AttributeCursor]'s rule; integrity is not checked
    /// here, since that needs a key: see [Integrity].
    ///
    /// @throws MalformedPacket if header, attribute lengths, an attribute's value or the FINGERPRINT are wrong. If
    ///     [StunHeader#looksLikeStun] holds, a server may still answer 400 from the header (RFC 8489 §6.3.1)
    public static Message decode(ByteBuffer memory, int offset, int length) throws MalformedPacket {
        requireHeader(memory, offset, length);
        AttributeCursor cursor = new AttributeCursor();
        if (!cursor.reset(memory, offset, length)) {
            throw overrun(memory, offset, length);
        }
        AttributeDecoder decoder = new AttributeDecoder(memory, offset);
        List<Attribute> attributes = new ArrayList<>();
        while (cursor.next()) {
            Attribute attribute = decoder.decode(cursor.type(), cursor.valueOffset(), cursor.valueBytes());
            if (attribute instanceof Attribute.Fingerprint fingerprint) {
                int coveredBytes = cursor.valueOffset() - AttributeCursor.HEADER_BYTES - offset;
                requireFingerprint(fingerprint.value(), Fingerprint.of(memory, offset, coveredBytes));
            }
            attributes.add(attribute);
        }
        return new Message(
                StunHeader.messageClass(memory, offset),
                StunHeader.method(memory, offset),
                TransactionId.of(memory, offset),
                attributes);
    }

    private static void requireHeader(ByteBuffer memory, int offset, int length) throws MalformedPacket {
        if (StunHeader.looksLikeStun(memory, offset, length)) {
            return;
        }
        if (length < StunHeader.HEADER_BYTES) {
            throw new MalformedPacket(length + " bytes, a STUN header has " + StunHeader.HEADER_BYTES);
        }
        if (!StunHeader.hasMagicCookie(memory, offset)) {
            throw new MalformedPacket("no STUN magic cookie");
        }
        throw new MalformedPacket(String.format(
                "first byte 0x%02X, length field %d, but %d bytes follow the header",
                memory.get(offset), StunHeader.bodyBytes(memory, offset), length - StunHeader.HEADER_BYTES));
    }

    private static MalformedPacket overrun(ByteBuffer memory, int offset, int length) {
        int at = AttributeCursor.firstBroken(memory, offset + StunHeader.HEADER_BYTES, offset + length);
        return new MalformedPacket(String.format(
                "attribute 0x%04X at byte %d says %d bytes, %d are left",
                memory.getShort(at),
                at - offset,
                Short.toUnsignedInt(memory.getShort(at + 2)),
                offset + length - at - AttributeCursor.HEADER_BYTES));
    }

    private static void requireFingerprint(int found, int computed) throws MalformedPacket {
        if (found != computed) {
            throw new MalformedPacket(String.format("FINGERPRINT 0x%08X instead of 0x%08X", found, computed));
        }
    }
}
