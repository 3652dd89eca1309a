package io.callgate.wire.turn;

/// A TURN channel number, 0x4000..0x4FFF (RFC 8656 §12; RFC 5766 allowed up to 0x7FFF).
public record ChannelNumber(int value) {
    public static final int FIRST = 0x4000;
    public static final int LAST = 0x4FFF;

    public ChannelNumber {
        if (!isValid(value)) {
            throw new IllegalArgumentException("channel number 0x%04X outside 0x4000..0x4FFF".formatted(value));
        }
    }

    public static boolean isValid(int value) {
        return value >= FIRST && value <= LAST;
    }
}
