/// UDP sockets of one event loop, speaking packets as places in a slab, in batches.
/// Everything here is confined to the loop that made it. Knows nothing of TURN, apps or policies, and shows no
/// Netty type: another implementation (own descriptors on Linux) takes the place of the portable one behind
/// [UdpNet].
@NullMarked
package io.callgate.relay.net;

import org.jspecify.annotations.NullMarked;
