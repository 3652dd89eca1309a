/// SOCKS5 (RFC 1928) with username and password (RFC 1929), client and server side.
///
/// Every message of the TCP handshake is a record with `decode`, `encodedBytes` and `encode`. `decode` is
/// incremental: it returns empty as long as the bytes are a possible beginning, and throws as soon as they are
/// not. After a value, `encodedBytes` is what it took from the stream. [UdpHeader] reads datagrams in place and
/// allocates nothing.
@NullMarked
package io.callgate.wire.socks5;

import org.jspecify.annotations.NullMarked;
