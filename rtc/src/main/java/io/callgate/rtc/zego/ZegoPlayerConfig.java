package io.callgate.rtc.zego;

/// How a stream is played.
public final class ZegoPlayerConfig {
    public ZegoStreamResourceMode resourceMode = ZegoStreamResourceMode.DEFAULT;
}
