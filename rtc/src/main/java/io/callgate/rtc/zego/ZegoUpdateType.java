package io.callgate.rtc.zego;

/// Whether somebody, or something, has come or gone.
public enum ZegoUpdateType {
    ADD(0),
    DELETE(1);

    private final int value;

    ZegoUpdateType(int value) {
        this.value = value;
    }

    /// ZEGO's number.
    public int value() {
        return value;
    }
}
