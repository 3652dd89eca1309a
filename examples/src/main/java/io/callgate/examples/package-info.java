/// What the examples share: the clock that a program gives to the SDK, and the login that it must not have among
/// its arguments.
@NullMarked
package io.callgate.examples;

import org.jspecify.annotations.NullMarked;
