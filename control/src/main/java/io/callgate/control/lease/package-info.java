/// Who gets a lease, and what stands in it: tokens and app signs, the geofence, the quota, the ranking of relays.
/// Decides on what the store says at this moment and keeps nothing itself. Knows no HTTP.
@NullMarked
package io.callgate.control.lease;

import org.jspecify.annotations.NullMarked;
