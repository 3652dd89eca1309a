package io.callgate.relay.grant;

import org.jspecify.annotations.Nullable;

/// Who holds which relayed transport address of this relay. Read on every loop, per packet; allocates nothing.
public interface LiveAllocations {
    /// The app whose live allocation has this relayed address (public or bound), or null.
    @Nullable
    LiveApp holder(long high, long low, int port);

    /// How many live allocations of the app have a relayed address with this IP address.
    int heldBy(LiveApp app, long high, long low);
}
