/// A browser's page gets its ICE servers.
@NullMarked
package io.callgate.examples.browser;

import org.jspecify.annotations.NullMarked;
