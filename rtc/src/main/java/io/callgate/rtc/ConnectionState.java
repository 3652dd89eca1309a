package io.callgate.rtc;

/// Where a call stands.
public enum ConnectionState {
    /// No call.
    DISCONNECTED,
    /// Seeking a way, or entering the room.
    CONNECTING,
    /// In the room.
    CONNECTED,
    /// In the room as others see it, but cut off; or about to enter it again.
    RECONNECTING,
    /// Given up. [RtcEngine#join] begins anew.
    FAILED
}
