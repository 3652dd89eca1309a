package io.callgate.rtc.zego;

/// What a set of areas means.
public enum ZegoGeoFenceType {
    NONE,
    INCLUDE,
    EXCLUDE;

    /// ZEGO's number.
    public int value() {
        return ordinal();
    }
}
