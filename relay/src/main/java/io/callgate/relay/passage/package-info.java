/// The way of a client to control through its relay, for it can reach nothing else: which five requests pass, how
/// large they may be, how many at a time. Knows neither the HTTP version that a request came by nor how control is
/// reached. Answers come on any thread; nothing here waits.
@NullMarked
package io.callgate.relay.passage;

import org.jspecify.annotations.NullMarked;
