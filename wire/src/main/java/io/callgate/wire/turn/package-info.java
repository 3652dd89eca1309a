/// What TURN puts beside STUN messages: ChannelData, framing on a byte stream, and the Data indication written
/// around a payload in place (RFC 8656 §11, §12). Everything here runs once per packet and allocates nothing.
@NullMarked
package io.callgate.wire.turn;

import org.jspecify.annotations.NullMarked;
