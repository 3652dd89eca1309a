package io.callgate.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// An IPv4 or IPv6 address as 16 bytes in two longs; IPv4 is kept as `::ffff:a.b.c.d`, so every address has one
/// form.
///
/// The static methods over `(long high, long low)` are the same questions without an object, for the packet path.
public record IpAddress(long high, long low) {
    public static final IpAddress ANY_V4 = ofV4(0);
    public static final IpAddress ANY_V6 = new IpAddress(0, 0);

    private static final long V4_MAPPED = 0x0000_FFFF_0000_0000L; // RFC 4291 §2.5.5.2
    private static final long NAT64_HIGH = 0x0064_FF9B_0000_0000L; // RFC 6052 §2.1, 64:ff9b::/96
    private static final int SIX_TO_FOUR = 0x2002; // RFC 3056 §2, 2002::/16
    private static final int TEREDO = 0x2001_0000; // RFC 4380 §4, 2001:0::/32
    private static final int ISATAP_PRIVATE = 0x0000_5EFE; // RFC 5214 §6.1, u bit 0
    private static final int ISATAP_GLOBAL = 0x0200_5EFE; // RFC 5214 §6.1, u bit 1

    public static IpAddress of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == 4 ? ofV4(bytes.getInt(0)) : new IpAddress(bytes.getLong(0), bytes.getLong(8));
    }

    /// @param address the 32 bits, first octet highest
    public static IpAddress ofV4(int address) {
        return new IpAddress(0, lowOfV4(address));
    }

    /// Reads a literal, never DNS. IPv6 comes without brackets and without a zone.
    ///
    /// @throws IllegalArgumentException if it is no literal; the message has the text
    public static IpAddress parse(String literal) {
        return IpLiteral.parse(literal);
    }

    public boolean isV4() {
        return isV4(high, low);
    }

    /// The start of the IPv4 /24 or IPv6 /64 around this address, by which limits for strangers count: within it
    /// addresses cost nothing.
    public IpAddress neighbourhood() {
        return isV4() ? new IpAddress(high, low & -1L << 8) : new IpAddress(high, 0);
    }

    /// `0.0.0.0` or `::`.
    public boolean isWildcard() {
        return equals(ANY_V4) || equals(ANY_V6);
    }

    /// The IPv4 address that this one hides, else itself. Policy decides on this form, and this form is dialled:
    /// a check on any other form has let `::ffff:127.0.0.1` and its like through in other servers.
    public IpAddress canonical() {
        return hidesV4(high, low) ? ofV4(hiddenV4(high, low)) : this;
    }

    public InetAddress toInetAddress() {
        try {
            if (isV4()) {
                return InetAddress.getByAddress(
                        ByteBuffer.allocate(4).putInt((int) low).array());
            }
            byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
            return Inet6Address.getByAddress(null, bytes, -1);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("4 or 16 bytes are always an address", impossible);
        }
    }

    /// The literal: dotted for IPv4, RFC 5952 for IPv6.
    @Override
    public String toString() {
        return IpLiteral.print(this);
    }

    /// For a URI or `host:port`: IPv6 in brackets.
    public String bracketed() {
        return isV4() ? toString() : "[" + this + "]";
    }

    public static boolean isV4(long high, long low) {
        return high == 0 && low >>> 32 == V4_MAPPED >>> 32;
    }

    public static long lowOfV4(int address) {
        return V4_MAPPED | (address & 0xFFFF_FFFFL);
    }

    /// Whether packets to this address may end at an IPv4 address: IPv4 itself (v4-mapped), v4-compatible, NAT64,
    /// 6to4, Teredo, ISATAP. `::` and `::1` are addresses of their own (RFC 4291 §2.5.2, §2.5.3).
    public static boolean hidesV4(long high, long low) {
        if (high == 0) {
            long upper = low >>> 32;
            return upper == V4_MAPPED >>> 32 || (upper == 0 && low > 1) || isIsatap(low);
        }
        return isNat64(high, low) || high >>> 48 == SIX_TO_FOUR || high >>> 32 == TEREDO || isIsatap(low);
    }

    /// Whether the hidden IPv4 address is only the end of a tunnel (v4-compatible, 6to4, Teredo, ISATAP): the
    /// packet itself goes to the IPv6 address, which anybody can make up around an IPv4 address that a rule
    /// allows.
    public static boolean hidesTunnelEnd(long high, long low) {
        return !isV4(high, low) && !isNat64(high, low) && hidesV4(high, low);
    }

    /// The IPv4 address inside; means nothing unless [#hidesV4(long, long)].
    public static int hiddenV4(long high, long low) {
        if (high >>> 48 == SIX_TO_FOUR) {
            return (int) (high >>> 16);
        }
        return high >>> 32 == TEREDO ? ~(int) low : (int) low; // RFC 4380 §4: the client's address has its bits flipped
    }

    /// Whether the interface identifier has ISATAP's mark, whatever the prefix; then the last 32 bits are IPv4.
    static boolean isIsatap(long low) {
        int upper = (int) (low >>> 32);
        return upper == ISATAP_PRIVATE || upper == ISATAP_GLOBAL;
    }

    private static boolean isNat64(long high, long low) {
        return high == NAT64_HIGH && low >>> 32 == 0;
    }
}
