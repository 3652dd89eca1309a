/// The relay: listeners, the rules that tell protocols apart, and the one way in for configuration, [Relay#apply].
/// Carries traffic; takes no decision beyond its desired state. Knows no file, no environment and no system clock.
@NullMarked
package io.callgate.relay;

import org.jspecify.annotations.NullMarked;
