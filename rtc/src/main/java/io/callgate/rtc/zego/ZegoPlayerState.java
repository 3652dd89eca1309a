package io.callgate.rtc.zego;

/// Where a stream that is received stands.
public enum ZegoPlayerState {
    NO_PLAY(0),
    PLAY_REQUESTING(1),
    PLAYING(2);

    private final int value;

    ZegoPlayerState(int value) {
        this.value = value;
    }

    /// ZEGO's number.
    public int value() {
        return value;
    }
}
