package io.callgate.wire;

import java.nio.ByteBuffer;

/// Bytes in bulk at an offset, without moving the memory's position. `ByteBuffer` has such methods since Java 13,
/// and Android only since API level 35: here are those that this module needs, from what both have.
public final class AbsoluteAccess {
    private AbsoluteAccess() {}

    /// Fills `into` from `offset` on.
    public static void get(ByteBuffer memory, int offset, byte[] into) {
        slice(memory, offset, into.length).get(into);
    }

    public static void put(ByteBuffer memory, int offset, byte[] content) {
        put(memory, offset, content, content.length);
    }

    /// @param length bytes from the start of `content`
    public static void put(ByteBuffer memory, int offset, byte[] content, int length) {
        slice(memory, offset, length).put(content, 0, length);
    }

    /// @throws IndexOutOfBoundsException if it does not lie within the memory's limit
    public static ByteBuffer slice(ByteBuffer memory, int offset, int length) {
        if (offset < 0 || length < 0 || length > memory.limit() - offset) {
            throw new IndexOutOfBoundsException(length + " bytes at " + offset + " of memory with " + memory.limit());
        }
        ByteBuffer view = memory.duplicate();
        view.limit(offset + length).position(offset);
        return view.slice();
    }
}
