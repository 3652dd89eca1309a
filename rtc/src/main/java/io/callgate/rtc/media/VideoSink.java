package io.callgate.rtc.media;

/// Gets what somebody else's camera sent, decoded.
@FunctionalInterface
public interface VideoSink {
    /// For who does not want to see.
    VideoSink NONE = frame -> {};

    /// Called on a thread of the decoder; whoever stays long loses the frames that follow. What it throws
    /// is lost.
    ///
    /// @param frame good until this method returns
    void onFrame(I420Frame frame);
}
