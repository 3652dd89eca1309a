package io.callgate.rtc.zego;

import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.VideoSink;
import org.jspecify.annotations.Nullable;

/// Where one stream is shown, and heard.
public final class ZegoCanvas {
    /// Gets the frames; null for nowhere.
    public @Nullable VideoSink view;

    /// Callgate's own: gets the sound; null for nowhere.
    public @Nullable AudioSink speaker;

    public ZegoCanvas(@Nullable VideoSink view) {
        this.view = view;
    }
}
