/// What a relay tells control of its apps, and what it does with the portions that it hears back. Runs on threads
/// of its own and of the link; asks the loops nothing.
@NullMarked
package io.callgate.relay.report;

import org.jspecify.annotations.NullMarked;
