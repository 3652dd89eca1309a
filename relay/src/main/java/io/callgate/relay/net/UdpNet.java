package io.callgate.relay.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/// The UDP sockets of one event loop. All methods run on that loop.
public interface UdpNet {
    /// Asked of the system for a socket that clients send to.
    int LISTENER_RECEIVE_BUFFER_BYTES = 4 << 20;

    /// Likewise: what all clients of a loop get in one turn must find room.
    int LISTENER_SEND_BUFFER_BYTES = 4 << 20;

    /// [#gatherFor] at first.
    Duration DEFAULT_GATHER = Duration.ofNanos(100_000);

    /// The most that [#gatherFor] takes: media is not to be later than that.
    Duration LONGEST_GATHER = Duration.ofMillis(1);

    /// Binds a socket that this loop alone reads.
    ///
    /// @throws IOException with the system's words if the address or port cannot be had
    UdpSocket bind(InetSocketAddress local, UdpReceiver receiver) throws IOException;

    /// Binds one socket of a group that shares its port over all loops (`SO_REUSEPORT`): the system spreads
    /// senders over the group by hash, so a sender stays with its loop as long as the group does not change.
    UdpSocket bindShared(InetSocketAddress local, UdpReceiver receiver) throws IOException;

    /// How long a busy loop may wait before it reads again, so that packets share its system calls; an idle one
    /// never waits. Only [IoKind#LINUX] does it.
    ///
    /// @param longest zero to [#LONGEST_GATHER]
    void gatherFor(Duration longest);

    /// Whether [IpFields#whole] is done; else whoever asks for it must be refused.
    boolean canSendWhole();

    /// Hands everything queued since the last flush to the system.
    void flush();
}
