package io.callgate.rtc.service;

/// What a session tells, on any thread; calls nothing of the session.
public interface ServiceListener {
    /// A user is in the room: told once, before the first of the user's streams.
    void onUserJoined(String user);

    void onUserLeft(String user);

    void onStreamAdded(RemoteStream stream);

    /// It is not subscribed any more either.
    void onStreamRemoved(RemoteStream stream);

    /// The connection to the cloud is lost: [ServiceSession#reclaim].
    void onSignallingLost(String why);

    /// Media stands still, by what ICE says: [ServiceSession#apply].
    void onMediaLost(String why);

    /// It is over, and no try of ours will change that.
    void onEnded(Ending ending, String why);

    enum Ending {
        /// Somebody who may has put this user out.
        KICKED,
        /// The room is gone.
        CHANNEL_CLOSED,
        /// The same user has come from elsewhere.
        SAME_USER_JOINED
    }
}
