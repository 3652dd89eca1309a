package io.callgate.rtc.zego;

import io.callgate.model.Subject;
import io.callgate.rtc.service.JoinRequest;
import org.jspecify.annotations.Nullable;

/// What a login brings, and what is wrong with it by ZEGO's numbers.
record Login(String roomID, String userID, String token) {
    private static final int LONGEST_USER = 63;
    private static final int LONGEST_ROOM = 64;

    /// @param byDefault the token, where the room's configuration brings none
    static Login of(
            @Nullable String roomID, @Nullable ZegoUser user, @Nullable ZegoRoomConfig config, String byDefault) {
        String brought = config == null || config.token == null ? "" : config.token;
        return new Login(
                roomID == null ? "" : roomID,
                user == null || user.userID == null ? "" : user.userID,
                brought.isEmpty() ? byDefault : brought);
    }

    int problem(boolean hasAppSign) {
        if (roomID.isEmpty()) {
            return ZegoErrorCode.RoomRoomidNull;
        }
        if (roomID.length() > LONGEST_ROOM) {
            return ZegoErrorCode.RoomRoomidTooLong;
        }
        if (roomID.chars().anyMatch(Character::isISOControl)) {
            return ZegoErrorCode.RoomRoomidInvalidCharacter;
        }
        if (userID.isEmpty()) {
            return ZegoErrorCode.RoomUserIdNull;
        }
        if (userID.length() > LONGEST_USER) {
            return ZegoErrorCode.RoomUserIdTooLong;
        }
        if (!isSubject()) {
            return ZegoErrorCode.RoomUserIdInvalidCharacter;
        }
        return token.isEmpty() && !hasAppSign ? ZegoErrorCode.RoomNoToken : ZegoErrorCode.CommonSuccess;
    }

    private boolean isSubject() {
        try {
            return !new Subject(userID).value().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Of a login without a problem.
    JoinRequest request() {
        return JoinRequest.of(roomID, userID, token);
    }

    /// Without the token.
    @Override
    public String toString() {
        return "Login[" + roomID + ", " + userID + "]";
    }
}
