package io.callgate.relay.net;

/// Who reads a socket. Called on the socket's loop.
public interface UdpReceiver {
    /// Handles datagrams that arrived together. The loop flushes what was sent when this returns.
    ///
    /// @param batch valid until this returns; its memory may be overwritten in place
    void onBatch(UdpSocket socket, PacketBatch batch);

    /// A datagram longer than [PacketBatch#MAX_PACKET_BYTES], or with source port 0, was thrown away.
    void onUnreadable(UdpSocket socket);

    /// ICMP has said that a datagram of this socket did not arrive. Only sockets of [UdpNet#bind], and only those
    /// of [IoKind#LINUX], are told; the kinds are those that RFC 8656 §11.5 passes on.
    ///
    /// @param high where the datagram was sent, as in [PacketBatch]
    /// @param type of ICMPv4 or ICMPv6, as the address is
    /// @param mtuBytes of the next hop, if the datagram was too big for it; else 0
    void onIcmp(UdpSocket socket, long high, long low, int port, int type, int code, int mtuBytes);

    /// The system refused to send a datagram (no route, filtered, receiver gone).
    void onSendFailure(UdpSocket socket);
}
