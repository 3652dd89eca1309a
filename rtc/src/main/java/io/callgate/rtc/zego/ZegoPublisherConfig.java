package io.callgate.rtc.zego;

/// How a stream is published.
public final class ZegoPublisherConfig {
    /// Callgate's own: ZEGO's cloud hands a room's streams on to L3 by itself, here they are published to either.
    public ZegoStreamResourceMode resourceMode = ZegoStreamResourceMode.DEFAULT;
}
