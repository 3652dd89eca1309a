@NullMarked
package io.callgate.relay.tunnel;

import org.jspecify.annotations.NullMarked;
