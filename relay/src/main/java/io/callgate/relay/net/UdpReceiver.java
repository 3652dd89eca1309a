package io.callgate.relay.net;

/// Who reads a socket. Called on the socket's loop.
public interface UdpReceiver {
    /// Handles datagrams that arrived together. The loop flushes what was sent when this returns.
    ///
    /// @param batch valid until this returns; its memory may be overwritten in place
    void onBatch(UdpSocket socket, PacketBatch batch);

    /// A datagram longer than [PacketBatch#MAX_PACKET_BYTES], or with source port 0, was thrown away.
    void onUnreadable(UdpSocket socket);

    /// The system refused to send a datagram (no route, filtered, receiver gone).
    void onSendFailure(UdpSocket socket);
}
