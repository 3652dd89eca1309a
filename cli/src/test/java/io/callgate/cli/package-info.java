@NullMarked
package io.callgate.cli;

import org.jspecify.annotations.NullMarked;
