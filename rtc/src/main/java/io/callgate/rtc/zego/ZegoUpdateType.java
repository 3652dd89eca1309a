package io.callgate.rtc.zego;

/// Whether somebody, or something, has come or gone.
public enum ZegoUpdateType {
    ADD,
    DELETE;

    /// ZEGO's number.
    public int value() {
        return ordinal();
    }
}
