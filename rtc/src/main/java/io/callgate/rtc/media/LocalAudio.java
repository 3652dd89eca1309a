package io.callgate.rtc.media;

import java.io.Closeable;

/// A microphone that the app plays itself. Any thread, one at a time.
public interface LocalAudio extends Closeable {
    /// @param chunk of exactly 10 ms; the app keeps the pace, one chunk each 10 ms
    /// @throws IllegalArgumentException if it is longer or shorter
    void push(AudioChunk chunk);

    @Override
    void close();
}
