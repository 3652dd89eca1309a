package io.callgate.wire.turn;

/// A TURN channel number, 0x4000..0x4FFF (RFC 8656 §12). A server also takes those up to 0x7FFF, which RFC 5766
/// allowed: its clients are still about, coturn's own tools among them (decision 0013).
public record ChannelNumber(int value) {
    public static final int FIRST = 0x4000;
    public static final int LAST = 0x4FFF;
    public static final int LAST_OF_RFC_5766 = 0x7FFF;

    public ChannelNumber {
        if (!isValid(value)) {
            throw new IllegalArgumentException(String.format("channel number 0x%04X outside 0x4000..0x4FFF", value));
        }
    }

    public static boolean isValid(int value) {
        return value >= FIRST && value <= LAST;
    }

    /// Whether a server takes it.
    public static boolean isAcceptable(int value) {
        return value >= FIRST && value <= LAST_OF_RFC_5766;
    }
}
