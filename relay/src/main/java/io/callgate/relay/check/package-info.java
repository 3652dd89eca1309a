/// The check page: what a firewall administrator opens in a browser to see what gets through to this relay. Static
/// files, and the two questions that their script asks of the relay.
/// Knows no HTTP version and no socket: an ingress brings requests and carries answers away. Safe on every loop.
@NullMarked
package io.callgate.relay.check;

import org.jspecify.annotations.NullMarked;
