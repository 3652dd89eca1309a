package io.callgate.rtc.webrtc;

import dev.onvoid.webrtc.media.MediaStreamTrack;
import dev.onvoid.webrtc.media.audio.AudioTrack;
import dev.onvoid.webrtc.media.audio.AudioTrackSink;
import dev.onvoid.webrtc.media.video.I420Buffer;
import dev.onvoid.webrtc.media.video.VideoFrame;
import dev.onvoid.webrtc.media.video.VideoTrack;
import dev.onvoid.webrtc.media.video.VideoTrackSink;
import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.media.PeerLink.Kind;
import io.callgate.rtc.media.VideoSink;
import org.jspecify.annotations.Nullable;

/// Somebody else's track, and where it goes. Used under its link's lock; sinks are called on native threads.
final class ReceivedTrack {
    private final String mid;
    private final MediaStreamTrack track;
    private @Nullable AudioTrackSink audioSink;
    private @Nullable VideoTrackSink videoSink;

    ReceivedTrack(String mid, MediaStreamTrack track) {
        this.mid = mid;
        this.track = track;
    }

    String mid() {
        return mid;
    }

    Kind kind() {
        return track instanceof AudioTrack ? Kind.AUDIO : Kind.VIDEO;
    }

    void hear(AudioSink sink) {
        if (track instanceof AudioTrack audio) {
            if (audioSink != null) {
                audio.removeSink(audioSink);
            }
            AudioTrackSink made = (data, bits, sampleRate, channels, frames) ->
                    quietly(() -> sink.onAudio(new AudioChunk(data, sampleRate, channels)));
            audioSink = made;
            audio.addSink(made);
        }
    }

    void watch(VideoSink sink) {
        if (track instanceof VideoTrack video) {
            if (videoSink != null) {
                video.removeSink(videoSink);
            }
            VideoTrackSink made = frame -> take(frame, sink);
            videoSink = made;
            video.addSink(made);
        }
    }

    /// A frame that is not released is never freed: 20 MB a second of them.
    private static void take(VideoFrame frame, VideoSink sink) {
        try {
            if (frame.buffer instanceof I420Buffer buffer) {
                quietly(() -> sink.onFrame(frameOf(frame, buffer)));
            } else {
                I420Buffer converted = frame.buffer.toI420();
                try {
                    quietly(() -> sink.onFrame(frameOf(frame, converted)));
                } finally {
                    converted.release();
                }
            }
        } finally {
            frame.release();
        }
    }

    private static I420Frame frameOf(VideoFrame frame, I420Buffer buffer) {
        return new I420Frame(
                buffer.getWidth(),
                buffer.getHeight(),
                frame.rotation,
                frame.timestampNs,
                buffer.getDataY(),
                buffer.getDataU(),
                buffer.getDataV(),
                buffer.getStrideY(),
                buffer.getStrideU(),
                buffer.getStrideV());
    }

    /// An exception that reaches native code stays pending there, and the next call into Java ends the JVM.
    private static void quietly(Runnable sink) {
        try {
            sink.run();
        } catch (RuntimeException e) {
            // The sink's own; the sinks of VideoSink and AudioSink say that it is lost.
        }
    }

    void end() {
        if (track instanceof AudioTrack audio && audioSink != null) {
            audio.removeSink(audioSink);
            audioSink = null;
        }
        if (track instanceof VideoTrack video && videoSink != null) {
            video.removeSink(videoSink);
            videoSink = null;
        }
    }
}
