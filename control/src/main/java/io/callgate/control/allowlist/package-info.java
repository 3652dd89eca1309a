/// What the firewalls of an app's clients must open: made of the addresses of its pools, counted by versions,
/// signed; and how long a new address is announced before leases use it. Knows no HTTP and no SQL.
@NullMarked
package io.callgate.control.allowlist;

import org.jspecify.annotations.NullMarked;
