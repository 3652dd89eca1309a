package io.callgate.rtc.zego;

/// Where a stream that is received stands.
public enum ZegoPlayerState {
    NO_PLAY,
    PLAY_REQUESTING,
    PLAYING;

    /// ZEGO's number.
    public int value() {
        return ordinal();
    }
}
