/// How a call reaches the world, as one value, and the listener on loopback that leads a WebRTC stack
/// through what it does not know: proxies, pinned keys, private authorities.
///
/// Knows the SDK's sockets; no service, no room.
@NullMarked
package io.callgate.rtc.transport;

import org.jspecify.annotations.NullMarked;
