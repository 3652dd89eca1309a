package io.callgate.rtc.media;

/// Gets what somebody else's microphone sent, decoded.
@FunctionalInterface
public interface AudioSink {
    /// For who does not want to hear.
    AudioSink NONE = chunk -> {};

    /// Called about a hundred times a second on a thread of the stack; must be quick. What it throws is lost.
    void onAudio(AudioChunk chunk);
}
