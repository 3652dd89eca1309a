package io.callgate.rtc;

/// Why the state changed, or what happened while it stayed.
public enum ConnectionReason {
    /// [RtcEngine#join] was called.
    JOINING,
    /// Still CONNECTING: control has said which relays there are.
    PROXY_LEASED,
    /// Still CONNECTING: a relay has answered.
    PROXY_ANSWERED,
    /// In the room for the first time.
    JOINED,
    /// Signalling was lost.
    SIGNALLING_LOST,
    /// Media was lost; signalling may be well.
    MEDIA_LOST,
    /// The network of this machine has changed.
    NETWORK_CHANGED,
    /// Another relay, or another way to it, is taken; or the direct way in its place.
    PATH_CHANGED,
    /// As well again as after JOINED.
    REJOINED,
    /// [RtcEngine#leave] was called.
    LEFT,
    /// The cloud refuses this user, room or token.
    REFUSED,
    /// No relay can be used, or no lease is given.
    PROXY_FAILED,
    /// Neither entered nor come back within the time that the engine was given.
    GAVE_UP,
    /// Put out of the room.
    KICKED,
    /// The room was closed.
    CHANNEL_CLOSED,
    /// The same user has joined from elsewhere.
    SAME_USER_JOINED,
    /// [RtcEngine#close] was called.
    CLOSED
}
