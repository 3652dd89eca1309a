@NullMarked
package io.callgate.testkit;

import org.jspecify.annotations.NullMarked;
