package io.callgate.rtc;

import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.media.PeerLink;

/// A stack without media.
final class FakeMedia implements MediaStack {
    static final LocalAudio SILENCE = new LocalAudio() {
        @Override
        public void push(AudioChunk chunk) {
            if (!chunk.isTenMillis()) {
                throw new IllegalArgumentException("want 10 ms");
            }
        }

        @Override
        public void close() {}
    };

    static final LocalVideo DARKNESS = new LocalVideo() {
        @Override
        public void push(I420Frame frame) {}

        @Override
        public void close() {}
    };

    @Override
    public LocalVideo video() {
        return DARKNESS;
    }

    @Override
    public LocalAudio audio() {
        return SILENCE;
    }

    @Override
    public PeerLink sender(IceSetup ice, PeerLink.Listener listener) {
        throw new AssertionError("the engine leaves links to the service");
    }

    @Override
    public PeerLink receiver(IceSetup ice, PeerLink.Listener listener) {
        throw new AssertionError("the engine leaves links to the service");
    }

    @Override
    public void close() {}
}
