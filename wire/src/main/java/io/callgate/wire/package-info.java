@NullMarked
package io.callgate.wire;

import org.jspecify.annotations.NullMarked;
