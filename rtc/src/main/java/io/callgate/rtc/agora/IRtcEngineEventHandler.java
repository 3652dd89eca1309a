package io.callgate.rtc.agora;

/// What an engine tells, all of it on one thread of its own, `callgate-agora`. Numbers are those of [Constants].
public abstract class IRtcEngineEventHandler {
    public void onConnectionStateChanged(int state, int reason) {}

    /// After a join with the cloud proxy on, and whenever the way changes then.
    ///
    /// @param proxyType `PROXY_TYPE_NONE` if no proxy is used after all
    /// @param localProxyIp empty unless it is local
    /// @param elapsed milliseconds since `joinChannel`
    public void onProxyConnected(String channel, int uid, int proxyType, String localProxyIp, int elapsed) {}

    public void onJoinChannelSuccess(String channel, int uid, int elapsed) {}

    public void onRejoinChannelSuccess(String channel, int uid, int elapsed) {}

    public void onLeaveChannel() {}

    /// Not back within ten seconds; still trying.
    public void onConnectionLost() {}

    public void onUserJoined(int uid, int elapsed) {}

    public void onUserOffline(int uid, int reason) {}

    public void onClientRoleChanged(int oldRole, int newRole) {}

    public void onFirstLocalVideoFramePublished(int elapsed) {}

    public void onFirstRemoteVideoFrame(int uid, int width, int height, int elapsed) {}

    public void onFirstRemoteAudioFrame(int uid, int elapsed) {}

    public void onError(int err) {}

    /// Callgate's own, beside [#onError], whose number tells too little.
    ///
    /// @param text what failed, on what, and what would help; no secret
    public void onProblem(String text) {}

    /// Callgate's own: [RtcEngine#setParameters] has taken text that is not valid JSON.
    ///
    /// @param column of the first character that JSON does not allow there, from 1
    /// @param repaired what it was taken for, which is valid
    public void onParametersRepaired(int column, String repaired) {}
}
