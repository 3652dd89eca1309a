@NullMarked
package io.callgate.relay.tls;

import org.jspecify.annotations.NullMarked;
