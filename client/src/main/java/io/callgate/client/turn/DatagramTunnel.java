package io.callgate.client.turn;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import java.io.Closeable;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/// Datagrams to and from peers by way of a relay, over whatever transport got through. It neither orders,
/// repeats nor splits: what the relay loses is lost, as with UDP.
///
/// All methods may be called from any thread.
public interface DatagramTunnel extends Closeable {
    /// What arrives. Both methods run on the tunnel's reader thread, one after the other: whoever blocks
    /// there stops the tunnel.
    interface Receiver {
        /// @param payload from position to limit; valid until this method returns
        void onDatagram(InetSocketAddress peer, ByteBuffer payload);

        /// The tunnel is gone and not by [#close]. Told once, the last of all calls.
        void onEnded(Failure failure);
    }

    /// The address under which peers see this client, and where they send to.
    InetSocketAddress relayedAddress();

    /// This client's address as the relay sees it: behind the last NAT or proxy.
    InetSocketAddress mappedAddress();

    /// Opens the way to a peer and back, and keeps it open until the tunnel is closed. Blocks until the relay
    /// has agreed; a second call for the same peer is free.
    ///
    /// @param peer resolved, with a port
    /// @throws IllegalArgumentException if it is not, and nothing has changed then
    /// @throws PathException if the relay refuses that peer or does not answer
    void open(InetSocketAddress peer, Attempt attempt);

    /// Sends one datagram. A peer that was never opened gets nothing: relays drop that silently, so it is
    /// refused here.
    ///
    /// @param payload from position to limit; neither is changed
    /// @return false if it was not sent: the peer is not open, or the tunnel has ended; counted either way
    boolean send(InetSocketAddress peer, ByteBuffer payload);

    /// Also after the end, when it changes no more.
    Statistics statistics();

    /// Ends the allocation at once, without waiting for the relay's word.
    @Override
    void close();

    /// What [#open] takes.
    static InetSocketAddress requirePeer(InetSocketAddress peer) {
        if (peer.isUnresolved() || peer.getPort() == 0) {
            throw new IllegalArgumentException("peer " + peer + ": want an address and a port");
        }
        return peer;
    }

    /// Since the tunnel was opened; bytes are those of payloads.
    ///
    /// @param notSent datagrams that [#send] refused or the socket did not take
    /// @param lastHeardNanos when the relay last sent anything, by the tunnel's own time source
    record Statistics(
            long sentDatagrams,
            long sentBytes,
            long receivedDatagrams,
            long receivedBytes,
            long notSent,
            long lastHeardNanos) {}
}
