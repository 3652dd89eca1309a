package io.callgate.wire.stun;

import io.callgate.wire.AbsoluteAccess;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/// The CRC of RFC 8489 §14.7.
final class Fingerprint {
    static final int VALUE_BYTES = 4;

    private static final int MASK = 0x5354554E; // "STUN"

    private Fingerprint() {}

    /// @param length bytes from the header to where FINGERPRINT's own type begins; the header's length field must
    ///     already count FINGERPRINT
    static int of(ByteBuffer memory, int messageOffset, int length) {
        CRC32 crc = new CRC32();
        crc.update(AbsoluteAccess.slice(memory, messageOffset, length));
        return (int) crc.getValue() ^ MASK;
    }
}
