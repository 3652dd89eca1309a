/// TURN as a client (RFC 8489, RFC 8656) over UDP, TCP and TLS: one allocation is one [DatagramTunnel].
///
/// Each connection has one reader thread, on which received datagrams are delivered, and one that keeps the allocation
/// alive; both are daemons and end with the tunnel. Methods that ask the relay block until it answers or the attempt is
/// over; sending blocks only as long as the socket does.
@NullMarked
package io.callgate.client.turn;

import org.jspecify.annotations.NullMarked;
