package io.callgate.wire;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// An immutable byte string with value equality: what a record holds where an array would break `equals`.
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private static final int SHOWN_BYTES = 32;

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    public static Bytes of(byte[] content) {
        return content.length == 0 ? EMPTY : new Bytes(content.clone());
    }

    public static Bytes copyOf(ByteBuffer memory, int offset, int length) {
        if (length == 0) {
            return EMPTY;
        }
        byte[] content = new byte[length];
        AbsoluteAccess.get(memory, offset, content);
        return new Bytes(content);
    }

    public int length() {
        return content.length;
    }

    public byte[] toArray() {
        return content.clone();
    }

    /// The bytes themselves, not a copy, for a reader that keeps them for long or for many.
    public ByteBuffer asBuffer() {
        return ByteBuffer.wrap(content).asReadOnlyBuffer();
    }

    public void writeTo(ByteBuffer memory, int offset) {
        AbsoluteAccess.put(memory, offset, content);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /// Hexadecimal, at most the first 32 bytes.
    @Override
    public String toString() {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < Math.min(content.length, SHOWN_BYTES); i++) {
            hex.append(Character.forDigit((content[i] >> 4) & 0xF, 16))
                    .append(Character.forDigit(content[i] & 0xF, 16));
        }
        return content.length <= SHOWN_BYTES ? hex.toString() : hex + "... (" + content.length + " bytes)";
    }
}
