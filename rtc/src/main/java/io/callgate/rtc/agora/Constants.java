package io.callgate.rtc.agora;

/// Agora's numbers. They differ over Agora's own products (TCP is 2 here, 5 on the web and 13 in
/// `rtc.proxy_server`), so they stay in this package.
public final class Constants {
    public static final int CHANNEL_PROFILE_COMMUNICATION = 0;
    public static final int CHANNEL_PROFILE_LIVE_BROADCASTING = 1;

    public static final int CLIENT_ROLE_BROADCASTER = 1;
    public static final int CLIENT_ROLE_AUDIENCE = 2;

    /// Automatic since SDK 3.6.2: direct first, then TLS on 443. See [RtcEngineConfig#zeroMeansOff].
    public static final int TRANSPORT_TYPE_NONE_PROXY = 0;

    public static final int TRANSPORT_TYPE_UDP_PROXY = 1;
    public static final int TRANSPORT_TYPE_TCP_PROXY = 2;

    public static final int PROXY_TYPE_NONE = 0;
    public static final int PROXY_TYPE_UDP = 1;
    public static final int PROXY_TYPE_TCP = 2;
    public static final int PROXY_TYPE_LOCAL = 3;
    public static final int PROXY_TYPE_TCP_AUTO_FALLBACK = 4;
    public static final int PROXY_TYPE_HTTP = 5;
    public static final int PROXY_TYPE_HTTPS = 6;

    public static final int CONNECTION_STATE_DISCONNECTED = 1;
    public static final int CONNECTION_STATE_CONNECTING = 2;
    public static final int CONNECTION_STATE_CONNECTED = 3;
    public static final int CONNECTION_STATE_RECONNECTING = 4;
    public static final int CONNECTION_STATE_FAILED = 5;

    public static final int CONNECTION_CHANGED_CONNECTING = 0;
    public static final int CONNECTION_CHANGED_JOIN_SUCCESS = 1;
    public static final int CONNECTION_CHANGED_INTERRUPTED = 2;
    public static final int CONNECTION_CHANGED_BANNED_BY_SERVER = 3;
    public static final int CONNECTION_CHANGED_JOIN_FAILED = 4;
    public static final int CONNECTION_CHANGED_LEAVE_CHANNEL = 5;
    public static final int CONNECTION_CHANGED_INVALID_APP_ID = 6;
    public static final int CONNECTION_CHANGED_INVALID_CHANNEL_NAME = 7;
    public static final int CONNECTION_CHANGED_INVALID_TOKEN = 8;
    public static final int CONNECTION_CHANGED_TOKEN_EXPIRED = 9;
    public static final int CONNECTION_CHANGED_REJECTED_BY_SERVER = 10;
    public static final int CONNECTION_CHANGED_SETTING_PROXY_SERVER = 11;
    public static final int CONNECTION_CHANGED_CLIENT_IP_ADDRESS_CHANGED = 13;
    public static final int CONNECTION_CHANGED_KEEP_ALIVE_TIMEOUT = 14;
    public static final int CONNECTION_CHANGED_REJOIN_SUCCESS = 15;
    public static final int CONNECTION_CHANGED_LOST = 16;
    public static final int CONNECTION_CHANGED_SAME_UID_LOGIN = 19;
    public static final int CONNECTION_CHANGED_CERTIFICATE_VERIFY_FAILURE = 22;

    /// Methods return these with a minus.
    public static final int ERR_OK = 0;

    public static final int ERR_FAILED = 1;
    public static final int ERR_INVALID_ARGUMENT = 2;
    public static final int ERR_REFUSED = 5;
    public static final int ERR_NOT_INITIALIZED = 7;
    public static final int ERR_INVALID_STATE = 8;
    public static final int ERR_JOIN_CHANNEL_REJECTED = 17;

    public static final int AREA_CODE_CN = 1;
    public static final int AREA_CODE_NA = 2;
    public static final int AREA_CODE_EU = 4;
    public static final int AREA_CODE_AS = 8;
    public static final int AREA_CODE_JP = 0x10;
    public static final int AREA_CODE_IN = 0x20;
    public static final int AREA_CODE_OC = 0x40;
    public static final int AREA_CODE_SA = 0x80;
    public static final int AREA_CODE_AF = 0x100;
    public static final int AREA_CODE_KR = 0x200;
    public static final int AREA_CODE_HKMC = 0x400;
    public static final int AREA_CODE_US = 0x800;
    public static final int AREA_CODE_RU = 0x1000;

    /// All but mainland China.
    public static final int AREA_CODE_OVS = 0xFFFFFFFE;

    public static final int AREA_CODE_GLOB = 0xFFFFFFFF;

    private Constants() {}
}
