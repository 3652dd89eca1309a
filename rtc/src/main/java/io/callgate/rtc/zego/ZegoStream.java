package io.callgate.rtc.zego;

/// What somebody sends.
public final class ZegoStream {
    public final ZegoUser user;
    public final String streamID;

    public ZegoStream(ZegoUser user, String streamID) {
        this.user = user;
        this.streamID = streamID;
    }
}
