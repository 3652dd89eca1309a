package io.callgate.rtc.janus;

import io.callgate.model.ErrorCode;
import io.callgate.rtc.service.ServiceException;

/// Janus's numbers for what it refuses, of the core and of the VideoRoom plugin.
final class JanusErrors {
    static final int NO_SUCH_ROOM = 426;
    static final int NO_SUCH_SESSION = 458;
    private static final int CORE_UNAUTHORIZED = 403;
    private static final int ROOM_EXISTS = 427;
    private static final int PUBLISHERS_FULL = 432;
    private static final int UNAUTHORIZED = 433;

    private JanusErrors() {}

    /// Whether somebody else has made the room meanwhile.
    static boolean isRoomThere(int code) {
        return code == ROOM_EXISTS;
    }

    static ServiceException of(int code, String reason) {
        String message = "Janus refuses with " + code + ": " + reason;
        return switch (code) {
            case UNAUTHORIZED, CORE_UNAUTHORIZED -> ServiceException.refused(ErrorCode.TOKEN_INVALID, message);
            case NO_SUCH_ROOM -> ServiceException.refused(ErrorCode.INVALID_ARGUMENT, message);
            case PUBLISHERS_FULL -> ServiceException.refused(ErrorCode.QUOTA_EXCEEDED, message);
            default -> ServiceException.unreachable(ErrorCode.NOT_INITIALIZED, message);
        };
    }
}
