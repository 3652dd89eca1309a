package io.callgate.rtc.nertc;

import org.jspecify.annotations.Nullable;

/// What [NERtcEx#init] takes beside app and callback.
public final class NERtcOption {
    /// Null for the cloud's.
    public @Nullable NERtcServerAddresses serverAddresses;
}
