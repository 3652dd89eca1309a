/// Datagrams through a relay.
@NullMarked
package io.callgate.examples.tunnel;

import org.jspecify.annotations.NullMarked;
