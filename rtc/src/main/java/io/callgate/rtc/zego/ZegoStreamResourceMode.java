package io.callgate.rtc.zego;

/// Where a stream is fetched from.
public enum ZegoStreamResourceMode {
    /// Here: the room.
    DEFAULT(0),
    ONLY_L3(2),
    ONLY_RTC(3);

    private final int value;

    ZegoStreamResourceMode(int value) {
        this.value = value;
    }

    /// ZEGO's number.
    public int value() {
        return value;
    }
}
