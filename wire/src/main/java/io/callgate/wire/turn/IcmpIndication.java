package io.callgate.wire.turn;

import io.callgate.wire.stun.AttributeType;
import io.callgate.wire.stun.StunHeader;
import io.callgate.wire.stun.XorAddress;
import java.nio.ByteBuffer;

/// A Data indication that tells of an ICMP error: XOR-PEER-ADDRESS, then ICMP, and no DATA (RFC 8656 §11.5,
/// §18.13).
public final class IcmpIndication {
    /// With an IPv6 peer.
    public static final int MAX_BYTES = 56;

    private static final int ATTRIBUTE_HEADER_BYTES = 4;
    private static final int ICMP_VALUE_BYTES = 8;
    private static final int MAX_TYPE = 0x7F;

    private IcmpIndication() {}

    /// 44 for an IPv4 peer, 56 for IPv6.
    public static int totalBytes(boolean ipv6) {
        return StunHeader.HEADER_BYTES
                + ATTRIBUTE_HEADER_BYTES
                + XorAddress.valueBytes(ipv6)
                + ATTRIBUTE_HEADER_BYTES
                + ICMP_VALUE_BYTES;
    }

    /// Writes the whole message at the beginning of `memory`. A peer held as ::ffff:a.b.c.d is written as IPv4.
    ///
    /// @param transactionHigh the first 4 bytes of the transaction id; any number will do
    /// @param type 0..127, all that the attribute has room for
    /// @param mtuBytes of the next hop, if it was too small; else 0
    public static void write(
            ByteBuffer memory,
            int transactionHigh,
            long transactionLow,
            long peerHigh,
            long peerLow,
            int peerPort,
            int type,
            int code,
            int mtuBytes) {
        if (type < 0 || type > MAX_TYPE || code < 0 || code > 0xFF) {
            throw new IllegalArgumentException(
                    "ICMP type " + type + " outside 0..127 or code " + code + " outside 0..255");
        }
        boolean ipv6 = !XorAddress.isIpv4Mapped(peerHigh, peerLow);
        int icmp = totalBytes(ipv6) - ICMP_VALUE_BYTES - ATTRIBUTE_HEADER_BYTES;
        int bodyBytes = totalBytes(ipv6) - StunHeader.HEADER_BYTES;

        DataIndication.writePeer(memory, 0, bodyBytes, transactionHigh, transactionLow, peerHigh, peerLow, peerPort);
        memory.putInt(icmp, AttributeType.ICMP << 16 | ICMP_VALUE_BYTES);
        memory.putInt(icmp + ATTRIBUTE_HEADER_BYTES, type << 9 | code);
        memory.putInt(icmp + ATTRIBUTE_HEADER_BYTES + Integer.BYTES, mtuBytes);
    }
}
