/// TCP tunnels: a client proves itself by SOCKS5 or HTTP CONNECT, names a destination, and bytes go both ways.
/// Everything of a tunnel lives on the event loop of its client; [Tunnels] is that loop's registry.
/// Asks `relay.grant` before anything is dialled; knows nothing of TURN but the way in ([TurnEntry]).
@NullMarked
package io.callgate.relay.tunnel;

import org.jspecify.annotations.NullMarked;
