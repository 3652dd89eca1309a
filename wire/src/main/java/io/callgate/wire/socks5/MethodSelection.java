package io.callgate.wire.socks5;

import io.callgate.wire.MalformedPacket;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The server's choice among the greeting's methods (RFC 1928 §3).
///
/// @param method one of [AuthMethod]
public record MethodSelection(int method) {
    public static final int BYTES = 2;

    public MethodSelection {
        Socks5.check8Bits("SOCKS method", method);
    }

    public static Optional<MethodSelection> decode(ByteBuffer memory, int offset, int available)
            throws MalformedPacket {
        if (available < 1) {
            return Optional.empty();
        }
        Socks5.requireVersion(Socks5.VERSION, memory, offset);
        return available < BYTES
                ? Optional.empty()
                : Optional.of(new MethodSelection(Socks5.unsigned(memory, offset + 1)));
    }

    public int encodedBytes() {
        return BYTES;
    }

    public void encode(ByteBuffer memory, int offset) {
        memory.put(offset, (byte) Socks5.VERSION);
        memory.put(offset + 1, (byte) method);
    }
}
