package io.callgate.wire.stun;

import java.nio.ByteBuffer;

/// The value of XOR-MAPPED-, XOR-PEER- and XOR-RELAYED-ADDRESS as primitives (RFC 8489 §14.2). Allocates nothing.
///
/// An address is two longs; IPv4 a.b.c.d is held as ::ffff:a.b.c.d (high 0, low 0x0000FFFFaabbccdd). Whoever must
/// tell a real IPv4 address from IPv6's ::ffff:a.b.c.d asks [#isIpv6] about the attribute, not [#isIpv4Mapped].
/// `valueOffset` is where the value begins, `messageOffset` where its message's header does (IPv6 is masked with
/// the transaction id there). Readers other than [#isValid] trust that [#isValid] was true.
public final class XorAddress {
    public static final int IPV4_VALUE_BYTES = 8;
    public static final int IPV6_VALUE_BYTES = 20;

    private static final long IPV4_PREFIX = 0x0000_FFFF_0000_0000L;
    private static final int PORT_MASK = StunHeader.MAGIC_COOKIE >>> 16;
    private static final long COOKIE_HIGH = (long) StunHeader.MAGIC_COOKIE << 32;

    private XorAddress() {}

    /// Family 1 in 8 bytes or family 2 in 20 bytes; the first byte is ignored on receipt.
    public static boolean isValid(ByteBuffer memory, int valueOffset, int valueBytes) {
        return (valueBytes == IPV4_VALUE_BYTES && memory.get(valueOffset + 1) == AddressFamily.IPV4)
                || (valueBytes == IPV6_VALUE_BYTES && memory.get(valueOffset + 1) == AddressFamily.IPV6);
    }

    public static boolean isIpv6(ByteBuffer memory, int valueOffset) {
        return memory.get(valueOffset + 1) == AddressFamily.IPV6;
    }

    public static int port(ByteBuffer memory, int valueOffset) {
        return Short.toUnsignedInt(memory.getShort(valueOffset + 2)) ^ PORT_MASK;
    }

    public static long high(ByteBuffer memory, int valueOffset, int messageOffset) {
        return isIpv6(memory, valueOffset)
                ? memory.getLong(valueOffset + 4) ^ maskHigh(StunHeader.transactionHigh(memory, messageOffset))
                : 0;
    }

    public static long low(ByteBuffer memory, int valueOffset, int messageOffset) {
        return isIpv6(memory, valueOffset)
                ? memory.getLong(valueOffset + 12) ^ StunHeader.transactionLow(memory, messageOffset)
                : IPV4_PREFIX | Integer.toUnsignedLong(memory.getInt(valueOffset + 4) ^ StunHeader.MAGIC_COOKIE);
    }

    /// True for the two longs of ::ffff:a.b.c.d, the form in which IPv4 is held.
    public static boolean isIpv4Mapped(long high, long low) {
        return high == 0 && (low & 0xFFFF_FFFF_0000_0000L) == IPV4_PREFIX;
    }

    public static int valueBytes(boolean ipv6) {
        return ipv6 ? IPV6_VALUE_BYTES : IPV4_VALUE_BYTES;
    }

    /// Writes the value, [#valueBytes] long. The transaction id is given, so the header need not be written yet.
    public static void write(
            ByteBuffer memory,
            int valueOffset,
            boolean ipv6,
            long high,
            long low,
            int port,
            int transactionHigh,
            long transactionLow) {
        int family = ipv6 ? AddressFamily.IPV6 : AddressFamily.IPV4;
        memory.putInt(valueOffset, (family << 16) | ((port ^ PORT_MASK) & 0xFFFF));
        if (ipv6) {
            memory.putLong(valueOffset + 4, high ^ maskHigh(transactionHigh));
            memory.putLong(valueOffset + 12, low ^ transactionLow);
        } else {
            memory.putInt(valueOffset + 4, (int) low ^ StunHeader.MAGIC_COOKIE);
        }
    }

    private static long maskHigh(int transactionHigh) {
        return COOKIE_HIGH | Integer.toUnsignedLong(transactionHigh);
    }
}
