@NullMarked
package io.callgate.relay.net;

import org.jspecify.annotations.NullMarked;
