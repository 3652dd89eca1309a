package io.callgate.rtc.webrtc;

import dev.onvoid.webrtc.media.video.CustomVideoSource;
import dev.onvoid.webrtc.media.video.NativeI420Buffer;
import dev.onvoid.webrtc.media.video.VideoFrame;
import io.callgate.model.TimeSource;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.media.LocalVideo;
import java.util.function.Consumer;

/// Frames of the app's as libwebrtc takes them, each copied into memory of its own and given back.
final class WebRtcVideo implements LocalVideo {
    private final CustomVideoSource source;
    private final TimeSource time;
    private final Consumer<AutoCloseable> onClosed;
    private boolean isClosed; // guarded by this

    WebRtcVideo(CustomVideoSource source, TimeSource time, Consumer<AutoCloseable> onClosed) {
        this.source = source;
        this.time = time;
        this.onClosed = onClosed;
    }

    CustomVideoSource source() {
        return source;
    }

    @Override
    public synchronized void push(I420Frame frame) {
        if (isClosed) {
            return;
        }
        int width = frame.width();
        int height = frame.height();
        NativeI420Buffer buffer = NativeI420Buffer.allocate(width, height);
        I420Frame.copyPlane(frame.y(), frame.strideY(), buffer.getDataY(), buffer.getStrideY(), width, height);
        int halfWidth = I420Frame.half(width);
        int halfHeight = I420Frame.half(height);
        I420Frame.copyPlane(frame.u(), frame.strideU(), buffer.getDataU(), buffer.getStrideU(), halfWidth, halfHeight);
        I420Frame.copyPlane(frame.v(), frame.strideV(), buffer.getDataV(), buffer.getStrideV(), halfWidth, halfHeight);
        long at = frame.timestampNanos() != 0 ? frame.timestampNanos() : time.nanos();
        VideoFrame made = new VideoFrame(buffer, frame.rotation(), at);
        try {
            source.pushFrame(made);
        } finally {
            made.release();
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
