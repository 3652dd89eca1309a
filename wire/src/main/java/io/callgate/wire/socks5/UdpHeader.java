package io.callgate.wire.socks5;

import io.callgate.wire.AbsoluteAccess;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The header before every datagram of a UDP association, read and written in place (RFC 1928 §7): two zero bytes,
/// FRAG, ATYP, address, port. Allocates nothing, except for [#domain].
///
/// Addresses are two longs, IPv4 a.b.c.d as ::ffff:a.b.c.d. Readers other than [#headerBytes] trust that it was
/// not 0.
public final class UdpHeader {
    public static final int IPV4_BYTES = 10;
    public static final int IPV6_BYTES = 22;

    private static final int TYPE_OFFSET = 3;
    private static final int ADDRESS_OFFSET = 4;
    private static final long IPV4_PREFIX = 0x0000_FFFF_0000_0000L;

    private UdpHeader() {}

    /// The bytes before the payload, or 0 if the datagram does not hold a whole header: too short, reserved bytes
    /// not zero, an unknown address type or an empty domain.
    public static int headerBytes(ByteBuffer memory, int offset, int length) {
        if (length < ADDRESS_OFFSET + 1 || memory.getShort(offset) != 0) {
            return 0;
        }
        int headerBytes = ADDRESS_OFFSET + addressBytes(memory, offset) + 2;
        return headerBytes > ADDRESS_OFFSET + 2 && headerBytes <= length ? headerBytes : 0;
    }

    /// 0 for a datagram on its own. Reassembly is optional and we refuse it: what is not 0 is dropped.
    public static int fragment(ByteBuffer memory, int offset) {
        return Socks5.unsigned(memory, offset + 2);
    }

    /// One of [Target]'s types.
    public static int addressType(ByteBuffer memory, int offset) {
        return Socks5.unsigned(memory, offset + TYPE_OFFSET);
    }

    /// Not for a domain.
    public static long high(ByteBuffer memory, int offset) {
        return addressType(memory, offset) == Target.TYPE_IPV6 ? memory.getLong(offset + ADDRESS_OFFSET) : 0;
    }

    /// Not for a domain.
    public static long low(ByteBuffer memory, int offset) {
        return addressType(memory, offset) == Target.TYPE_IPV6
                ? memory.getLong(offset + ADDRESS_OFFSET + 8)
                : IPV4_PREFIX | Integer.toUnsignedLong(memory.getInt(offset + ADDRESS_OFFSET));
    }

    /// Only for a domain: its bytes as Latin-1, not judged yet. [Target.Domain] refuses what cannot be a name.
    public static String domain(ByteBuffer memory, int offset) {
        byte[] name = new byte[Socks5.unsigned(memory, offset + ADDRESS_OFFSET)];
        AbsoluteAccess.get(memory, offset + ADDRESS_OFFSET + 1, name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    public static int port(ByteBuffer memory, int offset) {
        return Short.toUnsignedInt(memory.getShort(offset + ADDRESS_OFFSET + addressBytes(memory, offset)));
    }

    /// Writes the header of a datagram from a peer. A peer held as ::ffff:a.b.c.d is written as IPv4.
    ///
    /// @return [#IPV4_BYTES] or [#IPV6_BYTES]
    public static int write(ByteBuffer memory, int offset, long high, long low, int port) {
        boolean ipv4 = high == 0 && (low & 0xFFFF_FFFF_0000_0000L) == IPV4_PREFIX;
        memory.putInt(offset, ipv4 ? Target.TYPE_IPV4 : Target.TYPE_IPV6);
        if (ipv4) {
            memory.putInt(offset + ADDRESS_OFFSET, (int) low);
            memory.putShort(offset + IPV4_BYTES - 2, (short) port);
            return IPV4_BYTES;
        }
        memory.putLong(offset + ADDRESS_OFFSET, high);
        memory.putLong(offset + ADDRESS_OFFSET + 8, low);
        memory.putShort(offset + IPV6_BYTES - 2, (short) port);
        return IPV6_BYTES;
    }

    /// 0 for an unknown type or an empty domain.
    private static int addressBytes(ByteBuffer memory, int offset) {
        return switch (addressType(memory, offset)) {
            case Target.TYPE_IPV4 -> 4;
            case Target.TYPE_IPV6 -> 16;
            case Target.TYPE_DOMAIN -> domainBytes(Socks5.unsigned(memory, offset + ADDRESS_OFFSET));
            default -> 0;
        };
    }

    private static int domainBytes(int nameBytes) {
        return nameBytes == 0 ? 0 : 1 + nameBytes;
    }
}
