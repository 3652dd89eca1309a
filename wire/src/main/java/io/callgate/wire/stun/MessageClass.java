package io.callgate.wire.stun;

/// The class of a STUN message: bits C1 and C0 of its type (RFC 8489 §5).
public enum MessageClass {
    REQUEST(0b00),
    INDICATION(0b01),
    SUCCESS(0b10),
    ERROR(0b11);

    private final int bits;

    MessageClass(int bits) {
        this.bits = bits;
    }

    int bits() {
        return bits;
    }

    static MessageClass of(int bits) {
        return switch (bits & 0b11) {
            case 0b00 -> REQUEST;
            case 0b01 -> INDICATION;
            case 0b10 -> SUCCESS;
            default -> ERROR;
        };
    }
}
