package io.callgate.rtc.zego;

/// What a set of areas means.
public enum ZegoGeoFenceType {
    NONE(0),
    INCLUDE(1),
    EXCLUDE(2);

    private final int value;

    ZegoGeoFenceType(int value) {
        this.value = value;
    }

    /// ZEGO's number.
    public int value() {
        return value;
    }
}
