package io.callgate.rtc.zego;

/// What this machine is connected by. Java does not know generations: mobile data is MODE_4G.
public enum ZegoNetworkMode {
    OFFLINE,
    UNKNOWN,
    ETHERNET,
    WIFI,
    MODE_2G,
    MODE_3G,
    MODE_4G,
    MODE_5G;

    /// ZEGO's number.
    public int value() {
        return ordinal();
    }
}
