/// Streams and datagrams to a relay: the names, the company's proxies on the way, TLS, and what went wrong.
///
/// Plain `java.net` sockets, blocking; whoever calls waits at most as long as its [Attempt] allows. Knows SOCKS5
/// and HTTP CONNECT, nothing of TURN.
@NullMarked
package io.callgate.client.net;

import org.jspecify.annotations.NullMarked;
