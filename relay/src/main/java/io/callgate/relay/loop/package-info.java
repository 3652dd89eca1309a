/// One event loop and what it owns: its sockets, clock, counters and grants, and the directory by which a packet
/// that arrived on the wrong loop finds the right one. Nothing here is shared on the packet path but
/// [LoopDirectory].
@NullMarked
package io.callgate.relay.loop;

import org.jspecify.annotations.NullMarked;
