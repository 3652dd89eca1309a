@NullMarked
package io.callgate.relay.names;

import org.jspecify.annotations.NullMarked;
