package io.callgate.rtc.zego;

import org.jspecify.annotations.Nullable;

/// What a login brings beside the user.
public final class ZegoRoomConfig {
    /// That the app's server has made for the user; null or empty with an AppSign.
    public @Nullable String token;
}
