package io.callgate.rtc.zego;

/// Where a room stands.
public enum ZegoRoomState {
    DISCONNECTED(0),
    CONNECTING(1),
    CONNECTED(2);

    private final int value;

    ZegoRoomState(int value) {
        this.value = value;
    }

    /// ZEGO's number.
    public int value() {
        return value;
    }
}
