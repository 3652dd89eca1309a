/// The nouns that relay, control, client and cli share, as records that cannot be wrong, with their text forms.
/// Does no I/O, reads no clock and asks no DNS. Runs on Java 17.
@NullMarked
package io.callgate.model;

import org.jspecify.annotations.NullMarked;
