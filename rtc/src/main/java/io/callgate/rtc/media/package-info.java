/// What an engine needs of a WebRTC stack: sources to push into, sinks to hear from, and one connection to
/// a peer.
///
/// An interface and its values; the stack itself is elsewhere (`rtc.webrtc`), and on Android it is another.
/// Knows no service, no room and no proxy.
@NullMarked
package io.callgate.rtc.media;

import org.jspecify.annotations.NullMarked;
