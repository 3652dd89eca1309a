/// What control remembers, in SQL: apps, secrets, pools, addresses, relays, tokens, audit. One dialect for H2 and
/// PostgreSQL; nothing here knows HTTP or what a lease is.
@NullMarked
package io.callgate.control.store;

import org.jspecify.annotations.NullMarked;
