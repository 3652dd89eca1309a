@NullMarked
package io.callgate.relay.passage;

import org.jspecify.annotations.NullMarked;
