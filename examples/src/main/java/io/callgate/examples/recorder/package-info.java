/// Records a room without a screen, a sound card or a browser.
@NullMarked
package io.callgate.examples.recorder;

import org.jspecify.annotations.NullMarked;
