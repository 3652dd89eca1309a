package io.callgate.examples.recorder;

import io.callgate.model.TimeSource;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.media.VideoSink;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The pictures of one stream as YUV4MPEG2, which players and ffmpeg read: 15 a second, as they were sent
/// (unturned, unpacked: 5 MB/s at 640x360). A gap is filled with the picture that ends it, up to a second;
/// another size begins another file.
final class PictureFile implements VideoSink, Closeable {
    private static final int RATE = 15;
    private static final long NANOS_EACH = 1_000_000_000L / RATE;

    private final Path folder;
    private final String name;
    private final TimeSource time;
    private Optional<Part> part = Optional.empty(); // guarded by this, as all below
    private int parts;
    private boolean isClosed;

    /// @param name of the file: NAME.y4m, then NAME-2.y4m
    PictureFile(Path folder, String name, TimeSource time) {
        this.folder = folder;
        this.name = name;
        this.time = time;
    }

    @Override
    public synchronized void onFrame(I420Frame frame) {
        if (isClosed) {
            return;
        }
        try {
            if (part.filter(it -> it.width == frame.width() && it.height == frame.height())
                    .isEmpty()) {
                end();
                parts++;
                Path path = folder.resolve(name + (parts == 1 ? "" : "-" + parts) + ".y4m");
                part = Optional.of(new Part(path, frame.width(), frame.height(), time.nanos()));
            }
            part.get().take(frame, time.nanos());
        } catch (IOException e) {
            throw new UncheckedIOException("the recording ends here", e);
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        try {
            end();
        } catch (IOException e) {
            throw new UncheckedIOException("the recording may lack its end", e);
        }
    }

    private void end() throws IOException {
        if (part.isPresent()) {
            part.get().out.close();
            part = Optional.empty();
        }
    }

    private static final class Part {
        final int width;
        final int height;
        final OutputStream out;
        private long nextNanos;

        Part(Path path, int width, int height, long nowNanos) throws IOException {
            this.width = width;
            this.height = height;
            this.nextNanos = nowNanos;
            this.out = new BufferedOutputStream(Files.newOutputStream(path));
            write("YUV4MPEG2 W" + width + " H" + height + " F" + RATE + ":1 Ip A1:1 C420jpeg\n");
        }

        void take(I420Frame frame, long nowNanos) throws IOException {
            nextNanos = Math.max(nextNanos, nowNanos - RATE * NANOS_EACH);
            for (; nextNanos - nowNanos <= 0; nextNanos += NANOS_EACH) {
                write("FRAME\n");
                write(frame.y(), frame.strideY(), width, height);
                write(frame.u(), frame.strideU(), I420Frame.half(width), I420Frame.half(height));
                write(frame.v(), frame.strideV(), I420Frame.half(width), I420Frame.half(height));
            }
        }

        private void write(String line) throws IOException {
            out.write(line.getBytes(StandardCharsets.US_ASCII));
        }

        private void write(ByteBuffer plane, int stride, int width, int height) throws IOException {
            ByteBuffer packed = ByteBuffer.allocate(width * height);
            I420Frame.copyPlane(plane, stride, packed, width, width, height);
            out.write(packed.array());
        }
    }
}
