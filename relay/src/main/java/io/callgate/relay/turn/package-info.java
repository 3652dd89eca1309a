/// TURN (RFC 8656): allocations, permissions, channels, and the packets that cross them.
/// Everything of an allocation runs on the loop of its client's five-tuple; only [RelayPorts] and [Reservations]
/// are shared. Who may do what is asked of `relay.grant`; sockets come from `relay.net`.
@NullMarked
package io.callgate.relay.turn;

import org.jspecify.annotations.NullMarked;
