package io.callgate.model;

/// What an app asks for; what is in use then is another matter. Only these names travel, never a vendor's number.
public enum RequestedMode {
    /// Direct only, never a relay.
    NONE,
    /// Through a relay, over UDP only.
    UDP,
    /// Through a relay, over TLS only.
    TCP,
    /// Direct first, then through a relay.
    AUTO,
    /// As [#AUTO], decided within the probe time; a cellular network stays direct.
    SMART,
    /// Through a relay from the start, over whatever transport gets through.
    STANDARD,
    /// Through a proxy that the customer names.
    LOCAL
}
