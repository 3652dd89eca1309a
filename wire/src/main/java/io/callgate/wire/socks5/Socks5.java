package io.callgate.wire.socks5;

import io.callgate.wire.MalformedPacket;
import java.nio.ByteBuffer;

/// The protocol's numbers, and the check of the version byte that every message but the UDP header begins with.
public final class Socks5 {
    public static final int VERSION = 5;

    /// RFC 1929 §2: the version of the username/password exchange.
    static final int PASSWORD_VERSION = 1;

    private Socks5() {}

    static void requireVersion(int expected, ByteBuffer memory, int offset) throws MalformedPacket {
        int version = Byte.toUnsignedInt(memory.get(offset));
        if (version != expected) {
            throw new MalformedPacket("SOCKS version byte " + version + " instead of " + expected);
        }
    }

    static int unsigned(ByteBuffer memory, int offset) {
        return Byte.toUnsignedInt(memory.get(offset));
    }

    static void check8Bits(String name, int value) {
        if (value < 0 || value > 0xFF) {
            throw new IllegalArgumentException(name + " " + value + " outside 0..255");
        }
    }
}
