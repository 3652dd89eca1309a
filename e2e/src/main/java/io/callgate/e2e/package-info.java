@NullMarked
package io.callgate.e2e;

import org.jspecify.annotations.NullMarked;
