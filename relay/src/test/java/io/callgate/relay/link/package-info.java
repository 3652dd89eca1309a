@NullMarked
package io.callgate.relay.link;

import org.jspecify.annotations.NullMarked;
