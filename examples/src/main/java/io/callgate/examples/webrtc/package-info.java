/// WebRTC by itself, through a relay.
@NullMarked
package io.callgate.examples.webrtc;

import org.jspecify.annotations.NullMarked;
