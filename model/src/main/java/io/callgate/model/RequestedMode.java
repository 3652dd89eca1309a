package io.callgate.model;

/// What an app asks for; what is in use then is another matter. Only these names travel, never a vendor's number.
public enum RequestedMode {
    /// Direct only, never a relay.
    NONE,
    /// Through a relay, over UDP only.
    UDP,
    /// Through a relay, over TLS only.
    TCP,
    /// Direct first, then through a relay if that does not connect in time.
    AUTO,
    /// As [#AUTO], but stays direct and tries again on a cellular network, and asks again whenever the network
    /// changes.
    SMART,
    /// Through a relay from the start, over whatever transport gets through.
    STANDARD,
    /// Through proxies that the customer names, in their order; no lease.
    LOCAL
}
