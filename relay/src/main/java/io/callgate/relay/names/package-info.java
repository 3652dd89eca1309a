/// The DNS: names that clients ask for by CONNECT, and names in destination rules.
/// Runs on a thread of its own, so that no packet waits for a name. Knows no protocol and decides nothing.
@NullMarked
package io.callgate.relay.names;

import org.jspecify.annotations.NullMarked;
