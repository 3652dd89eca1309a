package io.callgate.rtc.zego;

/// Where a stream that is sent stands.
public enum ZegoPublisherState {
    NO_PUBLISH(0),
    PUBLISH_REQUESTING(1),
    PUBLISHING(2);

    private final int value;

    ZegoPublisherState(int value) {
        this.value = value;
    }

    /// ZEGO's number.
    public int value() {
        return value;
    }
}
