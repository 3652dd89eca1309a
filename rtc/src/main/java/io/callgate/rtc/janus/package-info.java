/// Janus VideoRoom as a cloud: rooms, one connection that sends and one that receives, signalling by
/// WebSocket.
///
/// Names of its protocol as Janus has them (session, handle, feed, trickle). Every socket comes from the
/// plan's dialer; OkHttp resolves nothing and knows no proxy (decision 0052).
@NullMarked
package io.callgate.rtc.janus;

import org.jspecify.annotations.NullMarked;
