/// Load on control, over HTTP as SDKs and relays make it. `bench/control` runs it.
@NullMarked
package io.callgate.bench.control;

import org.jspecify.annotations.NullMarked;
