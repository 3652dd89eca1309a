package io.callgate.rtc.zego;

/// What this machine is connected by. Java does not know generations: mobile data is MODE_4G.
public enum ZegoNetworkMode {
    OFFLINE(0),
    UNKNOWN(1),
    ETHERNET(2),
    WIFI(3),
    MODE_2G(4),
    MODE_3G(5),
    MODE_4G(6),
    MODE_5G(7);

    private final int value;

    ZegoNetworkMode(int value) {
        this.value = value;
    }

    /// ZEGO's number.
    public int value() {
        return value;
    }
}
