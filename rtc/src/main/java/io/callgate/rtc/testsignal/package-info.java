/// Pictures and sound that say who sent them, for whoever must know that a call works without eyes and
/// ears: tests, a recorder that checks its input, an operator's trial call.
@NullMarked
package io.callgate.rtc.testsignal;

import org.jspecify.annotations.NullMarked;
