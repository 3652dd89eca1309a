package io.callgate.rtc;

import io.callgate.client.ProxyEvents;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.rtc.service.RemoteStream;
import java.time.Duration;

/// What an [RtcEngine] tells, all of it on its own thread, `callgate-rtc`, in order. Methods of the engine
/// may be called from here; whoever blocks here stops the engine, but not the media. What a listener throws
/// is told once by [#onDefect], and the engine goes on; what that throws is told to nobody.
///
/// It is told what [ProxyEvents] tells too, on this same thread.
public interface RtcEvents extends ProxyEvents {
    /// Of one call, from [ConnectionState#CONNECTING] to [ConnectionState#DISCONNECTED] or
    /// [ConnectionState#FAILED]. The same state may come again with another reason.
    default void onConnectionStateChanged(ConnectionState state, ConnectionReason reason) {}

    /// Why the call is about to fail: told right before FAILED.
    default void onCallFailed(Failure failure) {}

    /// What the call needs next did not work, and is tried again: to enter the room, to go another way, to send,
    /// to receive. Told each time, so that whoever waits knows for what; not of what a newer way has made vain.
    /// [#onCallFailed] has the last of them, when the call gives up.
    default void onAttemptFailed(Failure failure) {}

    /// In the room.
    ///
    /// @param elapsed since [RtcEngine#join]
    default void onJoined(String channel, String user, Duration elapsed) {}

    /// Signalling and all media there is go this way now: looked up in the stack's own statistics, not hoped.
    ///
    /// @param relay empty while direct
    /// @param elapsed since [RtcEngine#join]
    default void onPathInUse(EffectivePath path, boolean byFallback, String relay, Duration elapsed) {}

    default void onUserJoined(String user) {}

    default void onUserLeft(String user) {}

    /// [RtcEngine#subscribe] it, if it is wanted.
    default void onStreamAdded(RemoteStream stream) {}

    default void onStreamRemoved(RemoteStream stream) {}

    /// What was given to [RtcEngine#publish] is being sent.
    default void onPublished(String name) {}

    default void onUnpublished(String name) {}

    /// The cloud does not take it; the call goes on without.
    default void onPublishFailed(String name, Failure failure) {}

    default void onSubscribed(String name) {}

    default void onSubscribeFailed(String name, Failure failure) {}

    /// The first picture of a stream has been decoded.
    ///
    /// @param elapsed since [RtcEngine#join]
    default void onFirstFrame(String name, int width, int height, Duration elapsed) {}

    /// The first sound of a stream has been decoded.
    default void onFirstAudio(String name, Duration elapsed) {}

    /// Something threw that should not: a listener of the app's, or the engine itself.
    default void onDefect(Throwable thrown) {}
}
