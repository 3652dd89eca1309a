package io.callgate.wire.turn;

import io.callgate.wire.stun.AttributeType;
import io.callgate.wire.stun.StunHeader;
import io.callgate.wire.stun.XorAddress;
import java.nio.ByteBuffer;

/// A Data indication written around a payload that lies in memory: XOR-PEER-ADDRESS, then DATA (RFC 8656 §11.3).
///
/// The caller leaves [#headerBytes] free before the payload and [#MAX_PADDING_BYTES] behind it.
public final class DataIndication {
    public static final int MAX_PADDING_BYTES = 3;

    private static final int ATTRIBUTE_HEADER_BYTES = 4;

    private DataIndication() {}

    /// 36 for an IPv4 peer, 48 for IPv6.
    public static int headerBytes(boolean ipv6) {
        return StunHeader.HEADER_BYTES + ATTRIBUTE_HEADER_BYTES + XorAddress.valueBytes(ipv6) + ATTRIBUTE_HEADER_BYTES;
    }

    /// The whole message, padding included.
    public static int totalBytes(boolean ipv6, int payloadBytes) {
        return headerBytes(ipv6) + padded(payloadBytes);
    }

    /// Writes header, peer address, DATA's header and zero padding. A peer held as ::ffff:a.b.c.d is written as
    /// IPv4.
    ///
    /// @param transactionHigh the first 4 bytes of the transaction id; any number will do
    /// @return where the message begins; it is [#totalBytes] long
    public static int writeAround(
            ByteBuffer memory,
            int payloadOffset,
            int payloadBytes,
            int transactionHigh,
            long transactionLow,
            long peerHigh,
            long peerLow,
            int peerPort) {
        boolean ipv6 = !XorAddress.isIpv4Mapped(peerHigh, peerLow);
        int start = payloadOffset - headerBytes(ipv6);
        int bodyBytes = totalBytes(ipv6, payloadBytes) - StunHeader.HEADER_BYTES;

        writePeer(memory, start, bodyBytes, transactionHigh, transactionLow, peerHigh, peerLow, peerPort);
        memory.putInt(payloadOffset - ATTRIBUTE_HEADER_BYTES, AttributeType.DATA << 16 | payloadBytes);
        for (int at = payloadBytes; at < padded(payloadBytes); at++) {
            memory.put(payloadOffset + at, (byte) 0);
        }
        return start;
    }

    /// Writes the header of a Data indication, of whichever kind, and the peer's address, which comes first.
    static void writePeer(
            ByteBuffer memory,
            int start,
            int bodyBytes,
            int transactionHigh,
            long transactionLow,
            long peerHigh,
            long peerLow,
            int peerPort) {
        boolean ipv6 = !XorAddress.isIpv4Mapped(peerHigh, peerLow);
        int address = start + StunHeader.HEADER_BYTES;
        StunHeader.write(memory, start, StunHeader.DATA_INDICATION, bodyBytes, transactionHigh, transactionLow);
        memory.putInt(address, AttributeType.XOR_PEER_ADDRESS << 16 | XorAddress.valueBytes(ipv6));
        XorAddress.write(
                memory,
                address + ATTRIBUTE_HEADER_BYTES,
                ipv6,
                peerHigh,
                peerLow,
                peerPort,
                transactionHigh,
                transactionLow);
    }

    private static int padded(int payloadBytes) {
        return (payloadBytes + 3) & ~3;
    }
}
