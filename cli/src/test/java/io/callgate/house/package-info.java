/// Rules that hold for the whole checkout, each with its reason.
@NullMarked
package io.callgate.house;

import org.jspecify.annotations.NullMarked;
