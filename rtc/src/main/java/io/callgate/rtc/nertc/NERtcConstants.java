package io.callgate.rtc.nertc;

/// NERTC's numbers.
public final class NERtcConstants {
    private NERtcConstants() {}

    /// Of `setCloudProxy`. There are only these two.
    public static final class TransportType {
        public static final int NONE_PROXY = 0;
        public static final int UDP_PROXY = 1;

        private TransportType() {}
    }

    /// Of `onConnectionStateChanged`.
    public static final class ConnectionState {
        public static final int DISCONNECTED = 1;
        public static final int CONNECTING = 2;
        public static final int CONNECTED = 3;
        public static final int RECONNECTING = 4;
        public static final int FAILED = 5;

        private ConnectionState() {}
    }

    /// Of `onConnectionStateChanged`.
    public static final class ConnectionStateChangeReason {
        public static final int LEAVE_CHANNEL = 1;
        public static final int CHANNEL_CLOSED = 2;
        public static final int SERVER_KICKED = 3;
        public static final int TIMEOUT = 4;
        public static final int JOIN_CHANNEL = 5;
        public static final int JOIN_SUCCEED = 6;
        public static final int REJOIN_SUCCEED = 7;
        public static final int MEDIA_CONNECTION_DISCONNECTED = 8;
        public static final int SIGNAL_DISCONNECTED = 9;
        public static final int REQUEST_CHANNEL_FAILED = 10;
        public static final int JOIN_CHANNEL_FAILED = 11;
        public static final int SETTING_PROXY_SERVER = 13;

        private ConnectionStateChangeReason() {}
    }

    /// What methods return, and callbacks tell.
    public static final class ErrorCode {
        public static final int OK = 0;
        public static final int RESERVE_ERROR_NO_PERMISSION = 403;
        public static final int RESERVE_ERROR_TIME_OUT = 408;

        /// Also: user id 0 with the cloud proxy on.
        public static final int RESERVE_ERROR_INVALID_PARAMETER = 414;

        public static final int PERMISSION_KEY_ERROR = 901;
        public static final int PERMISSION_KEY_TIME_OUT = 902;
        public static final int CHANNEL_CLOSED = 11004;
        public static final int CHANNEL_KICKED = 11005;
        public static final int ENGINE_ERROR_FATAL = 30001;
        public static final int ENGINE_ERROR_INVALID_PARAM = 30003;
        public static final int ENGINE_ERROR_INVALID_STATE = 30005;
        public static final int ENGINE_ERROR_CONNECT_FAIL = 30015;
        public static final int ENGINE_ERROR_ROOM_ALREADY_JOINED = 30100;
        public static final int ENGINE_ERROR_ROOM_NOT_JOINED = 30101;

        private ErrorCode() {}
    }
}
