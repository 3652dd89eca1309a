/// SMART: directly where that works, through a relay where it does not.
@NullMarked
package io.callgate.examples.smart;

import org.jspecify.annotations.NullMarked;
