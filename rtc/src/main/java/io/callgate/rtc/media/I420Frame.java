package io.callgate.rtc.media;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// One picture: a plane of brightness, and two of colour with half its width and height, rounded up.
///
/// A frame that a [VideoSink] gets lives until the sink returns; its memory is another picture's
/// afterwards, and to read it then is to read garbage or worse. [#copy] keeps one. A frame that is pushed
/// is copied by whoever takes it. Buffers are read from their index 0, whatever their position.
///
/// @param rotation by which it must be turned clockwise to stand upright: 0, 90, 180 or 270
/// @param timestampNanos of its capture, by any clock that goes on; 0 where nobody knows
public record I420Frame(
        int width,
        int height,
        int rotation,
        long timestampNanos,
        ByteBuffer y,
        ByteBuffer u,
        ByteBuffer v,
        int strideY,
        int strideU,
        int strideV) {
    public I420Frame {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a picture of " + width + "x" + height + ": want 1x1 at least");
        }
        if (rotation % 90 != 0 || rotation < 0 || rotation > 270) {
            throw new IllegalArgumentException("rotation " + rotation + ": want 0, 90, 180 or 270");
        }
        check("Y", y, strideY, width, height);
        check("U", u, strideU, half(width), half(height));
        check("V", v, strideV, half(width), half(height));
    }

    private static void check(String plane, ByteBuffer buffer, int stride, int width, int height) {
        if (stride < width || buffer.limit() < (long) stride * (height - 1) + width) {
            throw new IllegalArgumentException("plane " + plane + " of " + buffer.limit() + " bytes, stride " + stride
                    + ": too small for " + width + "x" + height);
        }
    }

    /// A frame of its own memory: brightness 16 (black), colours 128 (none).
    public static I420Frame black(int width, int height) {
        ByteBuffer y = filled(width * height, 16);
        ByteBuffer u = filled(half(width) * half(height), 128);
        ByteBuffer v = filled(half(width) * half(height), 128);
        return new I420Frame(width, height, 0, 0, y, u, v, width, half(width), half(width));
    }

    private static ByteBuffer filled(int bytes, int value) {
        byte[] plane = new byte[bytes];
        Arrays.fill(plane, (byte) value);
        return ByteBuffer.wrap(plane);
    }

    /// Width or height of the planes of colour.
    public static int half(int whole) {
        return (whole + 1) / 2;
    }

    public I420Frame at(long captureNanos) {
        return new I420Frame(width, height, rotation, captureNanos, y, u, v, strideY, strideU, strideV);
    }

    /// The same picture in memory that lives as long as anybody holds it.
    public I420Frame copy() {
        I420Frame copy = black(width, height);
        copyPlane(y, strideY, copy.y, width, height);
        copyPlane(u, strideU, copy.u, half(width), half(height));
        copyPlane(v, strideV, copy.v, half(width), half(height));
        return new I420Frame(
                width, height, rotation, timestampNanos, copy.y, copy.u, copy.v, width, half(width), half(width));
    }

    /// Copies a plane into one of another stride.
    public static void copyPlane(ByteBuffer from, int fromStride, ByteBuffer to, int toStride, int width, int height) {
        for (int row = 0; row < height; row++) {
            ByteBuffer line = from.duplicate();
            line.position(row * fromStride).limit(row * fromStride + width);
            ByteBuffer target = to.duplicate();
            target.position(row * toStride);
            target.put(line);
        }
    }

    private static void copyPlane(ByteBuffer from, int stride, ByteBuffer to, int width, int height) {
        copyPlane(from, stride, to, width, width, height);
    }
}
