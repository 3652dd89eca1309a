package io.callgate.rtc.agora;

import io.callgate.rtc.media.VideoSink;
import org.jspecify.annotations.Nullable;

/// Where one user is shown.
public final class VideoCanvas {
    /// Gets the frames; null for nowhere.
    public @Nullable VideoSink view;

    public int uid;

    public VideoCanvas(@Nullable VideoSink view, int uid) {
        this.view = view;
        this.uid = uid;
    }
}
