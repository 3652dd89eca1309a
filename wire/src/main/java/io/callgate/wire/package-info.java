/// Bytes to values and back, over [java.nio.ByteBuffer]: STUN, TURN and SOCKS5 live in the packages below.
///
/// Pure: no I/O, no clock, no threads, no logging. Every read and write is absolute (position and limit are
/// neither used nor moved), so a packet may be a place in a slab. Memory must be big endian, as every new
/// `ByteBuffer` is. Nothing here keeps a reference to the caller's memory after a method returns, except a cursor
/// until its next reset.
@NullMarked
package io.callgate.wire;

import org.jspecify.annotations.NullMarked;
