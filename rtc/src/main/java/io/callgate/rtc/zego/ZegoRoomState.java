package io.callgate.rtc.zego;

/// Where a room stands.
public enum ZegoRoomState {
    DISCONNECTED,
    CONNECTING,
    CONNECTED;

    /// ZEGO's number.
    public int value() {
        return ordinal();
    }
}
