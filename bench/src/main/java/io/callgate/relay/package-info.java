/// Benchmarks of what only this package sees.
@NullMarked
package io.callgate.relay;

import org.jspecify.annotations.NullMarked;
