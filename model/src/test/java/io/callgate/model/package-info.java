@NullMarked
package io.callgate.model;

import org.jspecify.annotations.NullMarked;
