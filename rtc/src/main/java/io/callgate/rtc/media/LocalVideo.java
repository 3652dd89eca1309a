package io.callgate.rtc.media;

import java.io.Closeable;

/// A camera that the app plays itself: what is pushed is sent, once it is published.
///
/// Any thread, one at a time. Closed with its stack; what is pushed after [#close] goes nowhere.
public interface LocalVideo extends Closeable {
    /// Copies the frame, and returns.
    void push(I420Frame frame);

    @Override
    void close();
}
