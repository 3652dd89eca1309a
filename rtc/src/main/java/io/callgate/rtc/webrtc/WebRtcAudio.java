package io.callgate.rtc.webrtc;

import dev.onvoid.webrtc.media.audio.CustomAudioSource;
import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.LocalAudio;
import java.util.function.Consumer;

/// Sound of the app's as libwebrtc takes it.
final class WebRtcAudio implements LocalAudio {
    private static final int BITS = 16;

    private final CustomAudioSource source;
    private final Consumer<AutoCloseable> onClosed;
    private boolean isClosed; // guarded by this

    WebRtcAudio(CustomAudioSource source, Consumer<AutoCloseable> onClosed) {
        this.source = source;
        this.onClosed = onClosed;
    }

    CustomAudioSource source() {
        return source;
    }

    @Override
    public synchronized void push(AudioChunk chunk) {
        if (!chunk.isTenMillis()) {
            throw new IllegalArgumentException(
                    chunk.frames() + " samples at " + chunk.sampleRate() + " Hz: want 10 ms");
        }
        if (!isClosed) {
            source.pushAudio(chunk.pcm(), BITS, chunk.sampleRate(), chunk.channels(), chunk.frames());
        }
    }

    @Override
    public synchronized void close() {
        if (!isClosed) {
            isClosed = true;
            source.dispose();
            onClosed.accept(this);
        }
    }
}
