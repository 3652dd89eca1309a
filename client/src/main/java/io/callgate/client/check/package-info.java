/// What a network lets through, transport by transport, tried as the SDK would use it: for `callgate doctor`, and
/// for apps that offer such a test themselves. Blocks, and measures with real datagrams through the relay and
/// back.
@NullMarked
package io.callgate.client.check;

import org.jspecify.annotations.NullMarked;
