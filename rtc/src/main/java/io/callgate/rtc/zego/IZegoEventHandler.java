package io.callgate.rtc.zego;

import java.util.List;

/// What an engine tells, all of it on one thread of its own, `callgate-zego`. Error codes are those of
/// [ZegoErrorCode]; `extendedData` is what failed in words, or empty.
public abstract class IZegoEventHandler {
    /// A call that was refused, or a thing that went wrong without being anybody's state.
    ///
    /// @param info what failed, on what, and what would help; no secret
    public void onDebugError(int errorCode, String funcName, String info) {}

    public void onRoomStateUpdate(String roomID, ZegoRoomState state, int errorCode, String extendedData) {}

    public void onRoomUserUpdate(String roomID, ZegoUpdateType updateType, List<ZegoUser> userList) {}

    public void onRoomStreamUpdate(
            String roomID, ZegoUpdateType updateType, List<ZegoStream> streamList, String extendedData) {}

    public void onPublisherStateUpdate(String streamID, ZegoPublisherState state, int errorCode, String extendedData) {}

    public void onPlayerStateUpdate(String streamID, ZegoPlayerState state, int errorCode, String extendedData) {}

    public void onPlayerRecvVideoFirstFrame(String streamID) {}

    public void onPlayerRecvAudioFirstFrame(String streamID) {}

    /// Once after `createEngine`, and whenever it changes.
    public void onNetworkModeChanged(ZegoNetworkMode mode) {}
}
