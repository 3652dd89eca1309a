/// Pages of a browser: one gets its ICE servers, one joins a room.
@NullMarked
package io.callgate.examples.browser;

import org.jspecify.annotations.NullMarked;
