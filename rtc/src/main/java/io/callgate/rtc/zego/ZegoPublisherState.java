package io.callgate.rtc.zego;

/// Where a stream that is sent stands.
public enum ZegoPublisherState {
    NO_PUBLISH,
    PUBLISH_REQUESTING,
    PUBLISHING;

    /// ZEGO's number.
    public int value() {
        return ordinal();
    }
}
