package io.callgate.wire.turn;

import java.nio.ByteBuffer;

/// A ChannelData message, read and written in place: channel number, length, payload (RFC 8656 §12.4).
public final class ChannelData {
    public static final int HEADER_BYTES = 4;

    private ChannelData() {}

    public static int channelNumber(ByteBuffer memory, int offset) {
        return Short.toUnsignedInt(memory.getShort(offset));
    }

    /// Without header and padding.
    public static int payloadBytes(ByteBuffer memory, int offset) {
        return Short.toUnsignedInt(memory.getShort(offset + 2));
    }

    /// True if a datagram of `length` bytes is one ChannelData message. It may be longer than the length field
    /// says, padded or not, and never shorter (RFC 8656 §12.6): a lying length must not show what lies behind in
    /// memory.
    public static boolean isValidDatagram(ByteBuffer memory, int offset, int length) {
        return length >= HEADER_BYTES
                && ChannelNumber.isAcceptable(channelNumber(memory, offset))
                && payloadBytes(memory, offset) <= length - HEADER_BYTES;
    }

    public static void writeHeader(ByteBuffer memory, int offset, int channelNumber, int payloadBytes) {
        memory.putInt(offset, channelNumber << 16 | payloadBytes);
    }

    /// Bytes of the whole message on TCP or TLS, where it must be padded to a multiple of 4 (RFC 8656 §12.5).
    public static int paddedStreamBytes(int payloadBytes) {
        return (HEADER_BYTES + payloadBytes + 3) & ~3;
    }
}
