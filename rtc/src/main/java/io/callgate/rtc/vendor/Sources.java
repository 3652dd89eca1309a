package io.callgate.rtc.vendor;

import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import io.callgate.rtc.service.Publication;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The app's own camera and microphone, as far as it has switched them on: a Java program has no others.
/// Safe for several threads.
public final class Sources {
    private final FacadeEngine engine;
    private @Nullable LocalVideo camera; // guarded by this
    private @Nullable LocalAudio microphone; // guarded by this
    private boolean hasVideo; // guarded by this
    private boolean hasAudio; // guarded by this

    public Sources(FacadeEngine engine) {
        this.engine = engine;
    }

    public synchronized void video(boolean on) {
        hasVideo = on;
        if (on && camera == null) {
            camera = engine.video();
        }
    }

    public synchronized void audio(boolean on) {
        hasAudio = on;
        if (on && microphone == null) {
            microphone = engine.audio();
        }
    }

    /// @return false if that source is off
    public synchronized boolean push(I420Frame frame) {
        if (!hasVideo || camera == null) {
            return false;
        }
        camera.push(frame);
        return true;
    }

    /// @return false if that source is off, or the chunk longer or shorter than 10 ms
    public synchronized boolean push(AudioChunk chunk) {
        if (!hasAudio || microphone == null || !chunk.isTenMillis()) {
            return false;
        }
        microphone.push(chunk);
        return true;
    }

    /// What there is to send of what is wanted; empty if nothing is.
    ///
    /// @param name empty for the user's
    public synchronized Optional<Publication> publication(String name, boolean wantsAudio, boolean wantsVideo) {
        Optional<LocalAudio> audio = wantsAudio && hasAudio ? Optional.ofNullable(microphone) : Optional.empty();
        Optional<LocalVideo> video = wantsVideo && hasVideo ? Optional.ofNullable(camera) : Optional.empty();
        return audio.isEmpty() && video.isEmpty() ? Optional.empty() : Optional.of(new Publication(name, audio, video));
    }

    /// After the engine's end.
    public synchronized void close() {
        hasVideo = false;
        hasAudio = false;
        if (camera != null) {
            camera.close();
        }
        if (microphone != null) {
            microphone.close();
        }
    }
}
