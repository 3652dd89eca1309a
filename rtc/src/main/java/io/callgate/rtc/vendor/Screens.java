package io.callgate.rtc.vendor;

import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.service.StreamSinks;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Where each user is shown and heard; may be set before the user is there, and changed while.
public final class Screens {
    private final Map<Long, VideoSink> views = new ConcurrentHashMap<>();
    private volatile Speaker speaker = Speaker.NOBODY;

    /// Hears everybody, each by number.
    @FunctionalInterface
    public interface Speaker {
        Speaker NOBODY = (user, chunk) -> {};

        /// As [AudioSink#onAudio].
        void onAudio(long user, AudioChunk chunk);
    }

    public void show(long user, VideoSink view) {
        views.put(user, view);
    }

    public void hide(long user) {
        views.remove(user);
    }

    public void hear(Speaker all) {
        speaker = all;
    }

    /// Sinks that follow what is set here.
    public StreamSinks of(long user) {
        return StreamSinks.of(
                chunk -> speaker.onAudio(user, chunk),
                frame -> views.getOrDefault(user, VideoSink.NONE).onFrame(frame));
    }
}
