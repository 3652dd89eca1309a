package io.callgate.rtc.zego;

import org.jspecify.annotations.Nullable;

/// A user of a room.
public final class ZegoUser {
    /// 1 to 63 characters out of A-Z a-z 0-9 . _ - @ ~ +
    public @Nullable String userID;

    /// Nothing is done with it.
    public @Nullable String userName;

    public ZegoUser(@Nullable String userID) {
        this(userID, userID);
    }

    public ZegoUser(@Nullable String userID, @Nullable String userName) {
        this.userID = userID;
        this.userName = userName;
    }
}
