package io.callgate.rtc.nertc;

/// What an engine tells, all of it on one thread of its own, `callgate-nertc`. Numbers are those of
/// [NERtcConstants].
public interface NERtcCallbackEx {
    /// Once for each join that was taken, and for a user id of 0 with the cloud proxy on.
    ///
    /// @param result 0 in the channel; else why not
    /// @param channelId made of the channel's name
    /// @param elapsed milliseconds since `joinChannel`
    default void onJoinChannel(int result, long channelId, long elapsed, long uid) {}

    default void onLeaveChannel(int result) {}

    default void onUserJoined(long uid) {}

    default void onUserLeave(long uid, int reason) {}

    default void onUserAudioStart(long uid) {}

    default void onUserAudioStop(long uid) {}

    default void onUserVideoStart(long uid, int maxProfile) {}

    default void onUserVideoStop(long uid) {}

    /// The channel is over without the app's having left.
    default void onDisconnect(int reason) {}

    /// (2, 13) once a relay has answered.
    default void onConnectionStateChanged(int state, int reason) {}

    default void onReconnectingStart() {}

    default void onReJoinChannel(int result, long channelId) {}

    default void onFirstVideoFrameDecoded(long uid, int width, int height) {}

    default void onFirstAudioFrameDecoded(long uid) {}

    default void onError(int code) {}

    /// Callgate's own, beside the numbers, which tell too little.
    ///
    /// @param text what failed, on what, and what would help; no secret
    default void onProblem(String text) {}
}
