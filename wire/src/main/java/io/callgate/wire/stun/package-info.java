/// STUN messages (RFC 8489) with every attribute that TURN (RFC 8656, 6062, 8016), ICE (RFC 8445), NAT behaviour
/// discovery (RFC 5780) and OAuth for STUN (RFC 7635) put into them.
///
/// Two ways in: [MessageDecoder] makes values, for requests and answers; [StunHeader], [AttributeCursor] and
/// [XorAddress] read primitives in place and allocate nothing, for indications that carry media.
/// Knows nothing of allocations, credentials or time: who may do what is decided elsewhere.
@NullMarked
package io.callgate.wire.stun;

import org.jspecify.annotations.NullMarked;
