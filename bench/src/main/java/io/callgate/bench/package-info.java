/// Benchmarks: JMH for what runs once per packet, and the report of the comparison that `bench/run` makes of two
/// relays in turns. Nothing depends on it.
@NullMarked
package io.callgate.bench;

import org.jspecify.annotations.NullMarked;
