@NullMarked
package io.callgate.relay;

import org.jspecify.annotations.NullMarked;
