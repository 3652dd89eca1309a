package io.callgate.relay.net;

import java.nio.ByteBuffer;

/// One bound UDP socket. Confined to the loop of the [UdpNet] that bound it.
public interface UdpSocket {
    /// The port it is bound to, 1..65535.
    int localPort();

    /// Queues one datagram for the next [UdpNet#flush].
    ///
    /// @param memory read from `offset`, `length` bytes; must stay unchanged until the flush
    /// @param high receiver's address, as in [PacketBatch]
    /// @param fields [IpFields]
    /// @return false if the socket's queue is full and the datagram was dropped: the caller counts it
    boolean send(ByteBuffer memory, int offset, int length, long high, long low, int port, int fields);

    /// Queues a datagram of the relay's own, with nothing to carry on.
    default boolean send(ByteBuffer memory, int offset, int length, long high, long low, int port) {
        return send(memory, offset, length, high, low, port, IpFields.NONE);
    }

    /// Datagrams that the system threw away since the last call because the socket's receive buffer was full. A
    /// system call; 0 where the system does not say.
    long newSystemDrops();

    /// Closes the descriptor. Idempotent; queued datagrams are lost.
    void close();
}
