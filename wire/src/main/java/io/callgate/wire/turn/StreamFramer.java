package io.callgate.wire.turn;

import io.callgate.wire.MalformedPacket;
import io.callgate.wire.stun.StunHeader;
import java.nio.ByteBuffer;

/// Finds message boundaries in a byte stream that carries STUN and ChannelData (RFC 8656 §12.5, RFC 8489 §6.2.2).
public final class StreamFramer {
    private StreamFramer() {}

    /// @param available bytes received from `offset` on
    /// @return the bytes of the whole first message, padding included, or 0 if more must be read
    /// @throws MalformedPacket if no message can begin here; a stream that lost its place must be closed
    public static int frameBytes(ByteBuffer memory, int offset, int available) throws MalformedPacket {
        if (available == 0) {
            return 0;
        }
        int frameBytes = switch ((memory.get(offset) >> 4) & 0xF) {
            case 0, 1, 2, 3 -> stunBytes(memory, offset, available);
            case 4, 5, 6, 7 -> channelDataBytes(memory, offset, available);
            default ->
                throw new MalformedPacket(
                        String.format("first byte 0x%02X is neither STUN nor ChannelData", memory.get(offset)));
        };
        return frameBytes <= available ? frameBytes : 0;
    }

    /// Judges the cookie as soon as it is there: four bytes of nonsense must not make us wait for 65 kB.
    private static int stunBytes(ByteBuffer memory, int offset, int available) throws MalformedPacket {
        if (available < 8) {
            return StunHeader.HEADER_BYTES;
        }
        if (!StunHeader.hasMagicCookie(memory, offset)) {
            throw new MalformedPacket("no STUN magic cookie");
        }
        int bodyBytes = StunHeader.bodyBytes(memory, offset);
        if ((bodyBytes & 3) != 0) {
            throw new MalformedPacket("STUN length field " + bodyBytes + ", not a multiple of 4");
        }
        return StunHeader.HEADER_BYTES + bodyBytes;
    }

    private static int channelDataBytes(ByteBuffer memory, int offset, int available) {
        return available < ChannelData.HEADER_BYTES
                ? ChannelData.HEADER_BYTES
                : ChannelData.paddedStreamBytes(ChannelData.payloadBytes(memory, offset));
    }
}
