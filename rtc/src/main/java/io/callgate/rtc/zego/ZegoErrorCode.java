package io.callgate.rtc.zego;

import io.callgate.client.failure.Failure;
import org.jspecify.annotations.Nullable;

/// ZEGO's numbers, as callbacks tell them; and, where ZEGO has none, those of
/// [io.callgate.model.ErrorCode]: nothing of the cloud proxy has a number of ZEGO's.
public final class ZegoErrorCode {
    public static final int CommonSuccess = 0;
    public static final int CommonNotLoginRoom = 1000002;
    public static final int CommonStreamIdTooLong = 1000014;
    public static final int CommonStreamIdNull = 1000015;
    public static final int CommonIllegalParam = 1000017;
    public static final int CommonAppAccessDeniedError = 1000039;
    public static final int EngineAppidZero = 1001000;
    public static final int EngineAppidIncorrectOrNotOnline = 1001004;
    public static final int EngineSetGeoFenceErrorTime = 1001021;
    public static final int RoomCountExceed = 1002001;
    public static final int RoomRoomidIncorrect = 1002002;
    public static final int RoomUserIdNull = 1002005;
    public static final int RoomUserIdInvalidCharacter = 1002006;
    public static final int RoomUserIdTooLong = 1002007;
    public static final int RoomRoomidNull = 1002011;
    public static final int RoomRoomidInvalidCharacter = 1002012;
    public static final int RoomRoomidTooLong = 1002013;
    public static final int RoomErrorConnectFailed = 1002030;
    public static final int RoomErrorLoginTimeout = 1002031;
    public static final int RoomErrorAuthenticationFailed = 1002033;
    public static final int RoomKickedOut = 1002050;
    public static final int RoomConnectTemporaryBroken = 1002051;
    public static final int RoomDisconnect = 1002052;
    public static final int RoomRetryTimeout = 1002053;
    public static final int RoomManualKickedOut = 1002055;
    public static final int RoomNoToken = 1002067;
    public static final int RoomTokenExpireError = 1002078;
    public static final int RoomInnerError = 1002099;
    public static final int PublisherPublishStreamFailed = 1003001;
    public static final int PublisherErrorAlreadyDoPublish = 1003023;
    public static final int PlayerPlayStreamFailed = 1004001;

    private ZegoErrorCode() {}

    /// Why a login failed.
    static int ofLogin(@Nullable Failure failure) {
        if (failure == null) {
            return RoomErrorConnectFailed;
        }
        return switch (failure.code()) {
            case TOKEN_REQUIRED -> RoomNoToken;
            case TOKEN_INVALID -> RoomErrorAuthenticationFailed;
            case TOKEN_EXPIRED -> RoomTokenExpireError;
            case NOT_ACTIVATED -> EngineAppidIncorrectOrNotOnline;
            case REGION_FORBIDDEN -> CommonAppAccessDeniedError;
            default -> RoomErrorConnectFailed;
        };
    }
}
