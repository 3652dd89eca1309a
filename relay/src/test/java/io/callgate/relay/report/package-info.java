@NullMarked
package io.callgate.relay.report;

import org.jspecify.annotations.NullMarked;
