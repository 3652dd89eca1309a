package io.callgate.rtc.zego;

import io.callgate.model.ErrorCode;
import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.vendor.FacadeEngine;
import io.callgate.rtc.vendor.ProxyChoice;
import io.callgate.rtc.vendor.Sources;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The streams that are sent and played: those of the room by the room's engine, those of L3 by another, which
/// goes by the same choices of proxy and begins with the first of them. One thread at a time.
final class Streams {
    private static final int LONGEST_STREAM = 128;

    private final FacadeEngine engine;
    private final Optional<FacadeEngine> live;
    private final RoomEvents room;
    private final LiveEvents liveEvents;
    private final Sources sources;
    private @Nullable JoinRequest request; // of the room that is logged in to
    private List<ProxyChoice> choices = List.of();

    /// @param live empty where the cloud has no live streaming
    Streams(FacadeEngine engine, Optional<FacadeEngine> live, RoomEvents room, LiveEvents liveEvents, Sources sources) {
        this.engine = engine;
        this.live = live;
        this.room = room;
        this.liveEvents = liveEvents;
        this.sources = sources;
    }

    void begin(JoinRequest login, List<ProxyChoice> byThese) {
        end(); // of a room that was lost
        request = login;
        choices = byThese;
    }

    /// Before the room is left.
    void end() {
        request = null;
        liveEvents.forget();
        live.ifPresent(FacadeEngine::leave);
    }

    void close() {
        live.ifPresent(FacadeEngine::close);
    }

    // ------------------------------------------------------------------------------------- sending

    void publish(String name, boolean isLive) {
        int problem = problemOf(name, isLive);
        boolean isSending = !(isLive ? liveEvents.publishing() : room.publishing()).isEmpty();
        if (problem == ZegoErrorCode.CommonSuccess && isSending) {
            problem = ZegoErrorCode.PublisherErrorAlreadyDoPublish;
        }
        Optional<Publication> publication =
                problem == ZegoErrorCode.CommonSuccess ? sources.publication(name, true, true) : Optional.empty();
        if (problem == ZegoErrorCode.CommonSuccess && publication.isEmpty()) {
            problem = ZegoErrorCode.PublisherPublishStreamFailed;
        }
        if (problem != ZegoErrorCode.CommonSuccess) {
            room.publisher(name, ZegoPublisherState.NO_PUBLISH, problem, "");
        } else if (isLive) {
            room.publisher(name, ZegoPublisherState.PUBLISH_REQUESTING, ZegoErrorCode.CommonSuccess, "");
            FacadeEngine by = live();
            liveEvents.publishes(name);
            by.publish(publication);
        } else {
            room.publishes(name);
            engine.publish(publication);
        }
    }

    private int problemOf(String name, boolean isLive) {
        if (!engine.isInCall()) {
            return ZegoErrorCode.CommonNotLoginRoom;
        }
        if (name.isEmpty()) {
            return ZegoErrorCode.CommonStreamIdNull;
        }
        if (name.length() > LONGEST_STREAM) {
            return ZegoErrorCode.CommonStreamIdTooLong;
        }
        return isLive && live.isEmpty() ? ZegoErrorCode.CommonIllegalParam : ZegoErrorCode.CommonSuccess;
    }

    void publishNothing() {
        stop(room.publishing(), engine);
        room.publishesNothing();
        if (live.isPresent()) {
            stop(liveEvents.publishing(), live.get());
            liveEvents.publishes("");
        }
    }

    private void stop(String name, FacadeEngine by) {
        if (!name.isEmpty() && by.isInCall()) {
            by.publish(Optional.empty());
            room.publisher(name, ZegoPublisherState.NO_PUBLISH, ZegoErrorCode.CommonSuccess, "");
        }
    }

    // ------------------------------------------------------------------------------------- playing

    void play(String name, @Nullable ZegoCanvas canvas, boolean isLive) {
        int problem = problemOf(name, isLive);
        if (problem != ZegoErrorCode.CommonSuccess) {
            room.player(name, ZegoPlayerState.NO_PLAY, problem, "");
            return;
        }
        AudioSink speaker = canvas == null || canvas.speaker == null ? AudioSink.NONE : canvas.speaker;
        VideoSink view = canvas == null || canvas.view == null ? VideoSink.NONE : canvas.view;
        StreamSinks sinks = StreamSinks.of(speaker, view);
        room.player(name, ZegoPlayerState.PLAY_REQUESTING, ZegoErrorCode.CommonSuccess, "");
        if (isLive) {
            FacadeEngine by = live();
            liveEvents.plays(name);
            by.subscribe(name, sinks);
        } else {
            engine.subscribe(name, sinks);
        }
    }

    void playNoMore(String name) {
        int problem = problemOf(name, false);
        if (problem == ZegoErrorCode.CommonSuccess) {
            if (liveEvents.isPlaying(name)) {
                liveEvents.playsNoMore(name);
                live.ifPresent(by -> by.unsubscribe(name));
            } else {
                engine.unsubscribe(name);
            }
        }
        room.player(name, ZegoPlayerState.NO_PLAY, problem, "");
    }

    /// The engine of L3, on its way or there.
    private FacadeEngine live() {
        FacadeEngine by = live.orElseThrow();
        JoinRequest login = request;
        if (login != null && !by.isInCall()) {
            liveEvents.begins();
            if (by.join(login, choices) != ErrorCode.OK) {
                liveEvents.didNotBegin();
            }
        }
        return by;
    }
}
