/// The service that knows apps, relays and quotas, and hands out leases; it never carries media.
@NullMarked
package io.callgate.control;

import org.jspecify.annotations.NullMarked;
