package io.callgate.rtc.zego;

import io.callgate.client.failure.Failure;
import io.callgate.rtc.ConnectionReason;
import io.callgate.rtc.ConnectionState;
import io.callgate.rtc.RtcEvents;
import io.callgate.rtc.vendor.Callbacks;
import io.callgate.rtc.vendor.FacadeEngine;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What the engine of live streams tells: the streams' own states, as the room's streams have them, and nothing of
/// a room. Comes on that engine's thread; all else from any.
final class LiveEvents implements RtcEvents {
    private final Callbacks<IZegoEventHandler> callbacks;
    private final RoomEvents told;
    private final Set<String> playing = ConcurrentHashMap.newKeySet();
    private volatile String publishing = "";
    private volatile @Nullable Failure failure;
    private @Nullable FacadeEngine engine;

    LiveEvents(Callbacks<IZegoEventHandler> callbacks, RoomEvents told) {
        this.callbacks = callbacks;
        this.told = told;
    }

    /// Once, before the first stream.
    void attach(FacadeEngine made) {
        engine = made;
    }

    /// The engine has something to say goodbye to, until it ends.
    void begins() {
        callbacks.callBegins();
    }

    /// It did not begin after all.
    void didNotBegin() {
        callbacks.callEnds();
    }

    String publishing() {
        return publishing;
    }

    void publishes(String streamID) {
        publishing = streamID;
    }

    /// What was sent and played, without a word.
    void forget() {
        publishing = "";
        playing.clear();
    }

    boolean isPlaying(String streamID) {
        return playing.contains(streamID);
    }

    void plays(String streamID) {
        playing.add(streamID);
    }

    void playsNoMore(String streamID) {
        playing.remove(streamID);
    }

    @Override
    public void onConnectionStateChanged(ConnectionState state, ConnectionReason reason) {
        FacadeEngine of = Objects.requireNonNull(engine, "attach comes first");
        if (of.isNoNews(state, reason)) {
            return;
        }
        if (state == ConnectionState.FAILED) {
            ended(String.valueOf(failure));
        }
        if (state == ConnectionState.FAILED || state == ConnectionState.DISCONNECTED) {
            callbacks.callEnds();
        }
    }

    private void ended(String why) {
        for (String streamID : List.copyOf(playing)) {
            playing.remove(streamID);
            told.player(streamID, ZegoPlayerState.NO_PLAY, ZegoErrorCode.PlayerPlayStreamFailed, why);
        }
        String streamID = publishing;
        publishing = "";
        if (!streamID.isEmpty()) {
            told.publisher(streamID, ZegoPublisherState.NO_PUBLISH, ZegoErrorCode.PublisherPublishStreamFailed, why);
        }
    }

    @Override
    public void onCallFailed(Failure why) {
        failure = why;
    }

    @Override
    public void onCandidateFailed(String candidate, Failure why) {
        told.onCandidateFailed(candidate, why);
    }

    @Override
    public void onDefect(Throwable thrown) {
        told.onDefect(thrown);
    }

    @Override
    public void onPublished(String streamID) {
        told.onPublished(streamID);
    }

    @Override
    public void onPublishFailed(String streamID, Failure why) {
        publishing = "";
        told.publisher(
                streamID, ZegoPublisherState.NO_PUBLISH, ZegoErrorCode.PublisherPublishStreamFailed, why.toString());
    }

    @Override
    public void onSubscribed(String streamID) {
        told.onSubscribed(streamID);
    }

    @Override
    public void onSubscribeFailed(String streamID, Failure why) {
        playing.remove(streamID);
        told.onSubscribeFailed(streamID, why);
    }

    @Override
    public void onFirstFrame(String streamID, int width, int height, Duration sinceItsJoin) {
        told.onFirstFrame(streamID, width, height, sinceItsJoin);
    }

    @Override
    public void onFirstAudio(String streamID, Duration sinceItsJoin) {
        told.onFirstAudio(streamID, sinceItsJoin);
    }
}
