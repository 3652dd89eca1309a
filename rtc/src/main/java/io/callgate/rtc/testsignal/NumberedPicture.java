package io.callgate.rtc.testsignal;

import io.callgate.rtc.media.I420Frame;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/// A picture with a number in it that survives a video codec: two rows of eight squares, bright for 1 and
/// dark for 0, the second row the opposite of the first. Below them a bar moves, so that no two pictures
/// are alike.
public final class NumberedPicture {
    private static final int BITS = 8;
    private static final int DARK = 40;
    private static final int BRIGHT = 215;
    private static final int MARGIN = 40; // how far from the middle a square must be to count

    private NumberedPicture() {}

    /// @param number 0 to 255
    /// @param step moves the bar
    public static I420Frame draw(int width, int height, int number, int step) {
        if (number < 0 || number > 255) {
            throw new IllegalArgumentException("number " + number + ": want 0 to 255");
        }
        I420Frame frame = I420Frame.black(width, height);
        for (int bit = 0; bit < BITS; bit++) {
            boolean isOne = (number >> bit & 1) == 1;
            fill(frame, bit * width / BITS, 0, width / BITS, height / 3, isOne ? BRIGHT : DARK);
            fill(frame, bit * width / BITS, height / 3, width / BITS, height / 3, isOne ? DARK : BRIGHT);
        }
        int bar = Math.max(1, width / 16);
        fill(frame, Math.floorMod(step * 4, width - bar), height * 2 / 3, bar, height / 3, BRIGHT);
        return frame;
    }

    private static void fill(I420Frame frame, int left, int top, int width, int height, int value) {
        ByteBuffer y = frame.y();
        for (int row = top; row < top + height; row++) {
            for (int column = left; column < left + width; column++) {
                y.put(row * frame.strideY() + column, (byte) value);
            }
        }
    }

    /// @return empty if there is no number in the picture, or it is not sure
    public static OptionalInt read(I420Frame frame) {
        int number = 0;
        for (int bit = 0; bit < BITS; bit++) {
            int x = bit * frame.width() / BITS + frame.width() / BITS / 2;
            int upper = brightness(frame, x, frame.height() / 6);
            int lower = brightness(frame, x, frame.height() / 2);
            boolean isSure = Math.abs(upper - 128) > MARGIN && Math.abs(lower - 128) > MARGIN;
            if (!isSure || upper > 128 == lower > 128) {
                return OptionalInt.empty();
            }
            number |= upper > 128 ? 1 << bit : 0;
        }
        return OptionalInt.of(number);
    }

    /// Of nine points around this one.
    private static int brightness(I420Frame frame, int x, int y) {
        int sum = 0;
        for (int dy = -2; dy <= 2; dy += 2) {
            for (int dx = -2; dx <= 2; dx += 2) {
                sum += frame.y().get((y + dy) * frame.strideY() + x + dx) & 0xFF;
            }
        }
        return sum / 9;
    }
}
