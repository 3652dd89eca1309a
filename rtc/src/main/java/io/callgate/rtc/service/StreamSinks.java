package io.callgate.rtc.service;

import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.VideoSink;

/// Where one stream goes. A sink that is NONE still receives; whoever does not want a stream does not
/// subscribe.
public record StreamSinks(AudioSink audio, VideoSink video) {
    public static StreamSinks of(AudioSink audio, VideoSink video) {
        return new StreamSinks(audio, video);
    }
}
