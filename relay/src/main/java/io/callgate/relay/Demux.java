package io.callgate.relay;

import io.callgate.wire.stun.StunHeader;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// One port, every protocol: the first bytes decide. Two pure rules, one for datagrams, one for streams.
final class Demux {
    /// A stream has shown what it is after this many bytes at the latest.
    static final int STREAM_BYTES = 16;

    private static final byte[] HTTP2_PREFACE = "PRI * HTTP/2".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_METHOD = STREAM_BYTES - 1;

    private Demux() {}

    /// What a datagram of an unknown client is (RFC 7983 §7, RFC 9443 §3). One of a known client never gets here:
    /// it goes to that client's session.
    enum Datagram {
        STUN,
        /// Of a client that we do not know, or not on this loop.
        CHANNEL_DATA_OR_QUIC,
        SOCKS5_UDP,
        DTLS,
        QUIC,
        UNKNOWN
    }

    /// What a stream is.
    enum Stream {
        NEED_MORE,
        TLS,
        STUN,
        SOCKS5,
        HTTP2,
        HTTP1,
        UNKNOWN
    }

    static Datagram datagram(ByteBuffer memory, int offset, int length) {
        if (length < 4) {
            return Datagram.UNKNOWN;
        }
        int first = memory.get(offset) & 0xFF;
        if (first == 0 && memory.get(offset + 1) == 0) {
            return Datagram.SOCKS5_UDP; // RSV = 0x0000 (RFC 1928 §7); STUN type 0 is reserved
        }
        if (first <= 3) {
            return StunHeader.looksLikeStun(memory, offset, length) ? Datagram.STUN : Datagram.UNKNOWN;
        }
        if (first >= 20 && first <= 63) {
            return Datagram.DTLS;
        }
        if (first >= 64 && first <= 127) {
            return Datagram.CHANNEL_DATA_OR_QUIC;
        }
        return first >= 192 ? Datagram.QUIC : Datagram.UNKNOWN;
    }

    /// Decides once, on what has come of a stream so far. A stream never starts with ChannelData: 64 to 79 are
    /// also the letters of CONNECT and GET.
    static Stream stream(ByteBuf bytes) {
        int available = bytes.readableBytes();
        if (available == 0) {
            return Stream.NEED_MORE;
        }
        int first = bytes.getUnsignedByte(bytes.readerIndex());
        if (first == 0x16) {
            return Stream.TLS;
        }
        if (first == 0x05) {
            return Stream.SOCKS5;
        }
        if (first <= 3) {
            return stun(bytes, available);
        }
        return first >= 'A' && first <= 'Z' ? http(bytes, available) : Stream.UNKNOWN;
    }

    private static Stream stun(ByteBuf bytes, int available) {
        if (available < 8) {
            return Stream.NEED_MORE;
        }
        boolean hasCookie = bytes.getInt(bytes.readerIndex() + 4) == StunHeader.MAGIC_COOKIE;
        return hasCookie ? Stream.STUN : Stream.UNKNOWN;
    }

    private static Stream http(ByteBuf bytes, int available) {
        int start = bytes.readerIndex();
        int preface = Math.min(available, HTTP2_PREFACE.length);
        int same = 0;
        while (same < preface && bytes.getByte(start + same) == HTTP2_PREFACE[same]) {
            same++;
        }
        if (same == HTTP2_PREFACE.length) {
            return Stream.HTTP2;
        }
        if (same == available) {
            return Stream.NEED_MORE;
        }
        for (int i = 0; i < Math.min(available, LONGEST_METHOD + 1); i++) {
            byte next = bytes.getByte(start + i);
            if (next == ' ') {
                return isProxyHeader(bytes, i) ? Stream.UNKNOWN : Stream.HTTP1;
            }
            if (next < 'A' || next > 'Z') {
                return Stream.UNKNOWN;
            }
        }
        return available > LONGEST_METHOD ? Stream.UNKNOWN : Stream.NEED_MORE;
    }

    /// PROXY protocol v1 looks like a method; where it is expected it is taken off before anybody asks here.
    private static boolean isProxyHeader(ByteBuf bytes, int length) {
        return bytes.toString(bytes.readerIndex(), length, StandardCharsets.US_ASCII)
                .equals("PROXY");
    }
}
