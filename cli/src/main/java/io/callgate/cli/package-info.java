/// The one executable: commands, the relay file, the data folder, signals, logging. Only here are files, the
/// environment
/// and the system clock read. Knows the relay by its root package alone.
@NullMarked
package io.callgate.cli;

import org.jspecify.annotations.NullMarked;
