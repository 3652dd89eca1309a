package io.callgate.relay.tunnel;

import io.netty.channel.Channel;

/// Where a CONNECT to one of this relay's own listeners goes on: in-process, never through a socket. Chromium
/// sends TURN over TCP through its proxy, and that proxy is often the relay itself.
public interface TurnEntry {
    /// Adds the handlers of a stream on which only TURN may be spoken to the end of the pipeline. The bytes
    /// that have already come are then fired into them. Called on the client's loop, after the 2xx.
    void enter(Channel client);
}
