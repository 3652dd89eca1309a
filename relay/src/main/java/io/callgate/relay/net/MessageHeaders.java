package io.callgate.relay.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// An array of `struct mmsghdr` for recvmmsg and sendmmsg, with a name and a control message for each, and with
/// vectors that the messages share. Confined to one thread.
///
/// The layouts are those of 64-bit Linux with glibc, on x86-64 and ARM64 alike.
final class MessageHeaders {
    private static final StructLayout MMSGHDR = MemoryLayout.structLayout(
            ADDRESS.withName("name"),
            JAVA_INT.withName("nameBytes"),
            MemoryLayout.paddingLayout(4),
            ADDRESS.withName("vectors"),
            JAVA_LONG.withName("vectorCount"),
            ADDRESS.withName("control"),
            JAVA_LONG.withName("controlBytes"),
            JAVA_INT.withName("flags"),
            MemoryLayout.paddingLayout(4),
            JAVA_INT.withName("bytes"),
            MemoryLayout.paddingLayout(4));
    private static final long MESSAGE_BYTES = MMSGHDR.byteSize();
    private static final long NAME = offset("name");
    private static final long NAME_BYTES = offset("nameBytes");
    private static final long VECTORS = offset("vectors");
    private static final long VECTOR_COUNT = offset("vectorCount");
    private static final long CONTROL = offset("control");
    private static final long CONTROL_BYTES = offset("controlBytes");
    private static final long BYTES = offset("bytes");

    private static final long VECTOR_BYTES = 16; // struct iovec: base, length
    private static final long NAME_STRIDE = 32;

    // struct cmsghdr: length, level, type; then the data.
    private static final long CONTROL_STRIDE = 32;
    private static final long CMSG_LEVEL = 8;
    private static final long CMSG_TYPE = 12;
    private static final long CMSG_DATA = 16;
    private static final long CMSG_SPACE = 24; // of anything up to 8 bytes

    private final MemorySegment messages;
    private final MemorySegment names;
    private final MemorySegment controls;
    private final MemorySegment vectors;

    MessageHeaders(int messageCount, int vectorCount) {
        Arena arena = Arena.ofAuto();
        messages = arena.allocate(MESSAGE_BYTES * messageCount, 64);
        names = arena.allocate(NAME_STRIDE * messageCount, 64);
        controls = arena.allocate(CONTROL_STRIDE * messageCount, 64);
        vectors = arena.allocate(VECTOR_BYTES * vectorCount, 64);
        for (int i = 0; i < messageCount; i++) {
            messages.set(JAVA_LONG, i * MESSAGE_BYTES + NAME, names.address() + i * NAME_STRIDE);
        }
    }

    /// Where message `i` lies, for [LinuxCalls].
    long address(int i) {
        return messages.address() + i * MESSAGE_BYTES;
    }

    /// What a vector points to.
    void vector(int vector, long address, int bytes) {
        vectors.set(JAVA_LONG, vector * VECTOR_BYTES, address);
        vectors.set(JAVA_LONG, vector * VECTOR_BYTES + 8, bytes);
    }

    /// Which vectors are the bytes of message `i`, one after the other.
    void vectors(int i, int first, int count) {
        messages.set(JAVA_LONG, i * MESSAGE_BYTES + VECTORS, vectors.address() + first * VECTOR_BYTES);
        messages.set(JAVA_LONG, i * MESSAGE_BYTES + VECTOR_COUNT, count);
    }

    // ------------------------------------------------------------------------------------------------- to receive

    /// Makes room for name and control message, which the kernel has cut to what it wrote.
    void expect(int i) {
        long message = i * MESSAGE_BYTES;
        messages.set(JAVA_INT, message + NAME_BYTES, SocketName.MAX_BYTES);
        messages.set(JAVA_LONG, message + CONTROL, controls.address() + i * CONTROL_STRIDE);
        messages.set(JAVA_LONG, message + CONTROL_BYTES, CMSG_SPACE);
    }

    /// Bytes received.
    int bytes(int i) {
        return messages.get(JAVA_INT, i * MESSAGE_BYTES + BYTES);
    }

    /// Bytes of each of the datagrams that the kernel has joined, but for the last, which may be shorter; 0 if it
    /// is a single one.
    int segmentBytes(int i) {
        long control = i * CONTROL_STRIDE;
        boolean isJoined = messages.get(JAVA_LONG, i * MESSAGE_BYTES + CONTROL_BYTES) > CMSG_DATA
                && controls.get(JAVA_INT, control + CMSG_LEVEL) == LinuxCalls.SOL_UDP
                && controls.get(JAVA_INT, control + CMSG_TYPE) == LinuxCalls.UDP_GRO;
        return isJoined ? controls.get(JAVA_INT, control + CMSG_DATA) : 0;
    }

    long senderHigh(int i) {
        return SocketName.high(names, i * NAME_STRIDE);
    }

    long senderLow(int i) {
        return SocketName.low(names, i * NAME_STRIDE);
    }

    int senderPort(int i) {
        return SocketName.port(names, i * NAME_STRIDE);
    }

    // ---------------------------------------------------------------------------------------------------- to send

    void receiver(int i, boolean isV4, long high, long low, int port) {
        int nameBytes = SocketName.write(names, i * NAME_STRIDE, isV4, high, low, port);
        messages.set(JAVA_INT, i * MESSAGE_BYTES + NAME_BYTES, nameBytes);
    }

    /// Has the kernel cut the message into datagrams.
    ///
    /// @param segmentBytes of each but the last, which may be shorter; 0 to send it as one
    void cutInto(int i, int segmentBytes) {
        long message = i * MESSAGE_BYTES;
        if (segmentBytes == 0) {
            messages.set(JAVA_LONG, message + CONTROL, 0);
            messages.set(JAVA_LONG, message + CONTROL_BYTES, 0);
            return;
        }
        long control = i * CONTROL_STRIDE;
        controls.set(JAVA_LONG, control, CMSG_DATA + Short.BYTES);
        controls.set(JAVA_INT, control + CMSG_LEVEL, LinuxCalls.SOL_UDP);
        controls.set(JAVA_INT, control + CMSG_TYPE, LinuxCalls.UDP_SEGMENT);
        controls.set(JAVA_SHORT, control + CMSG_DATA, (short) segmentBytes);
        messages.set(JAVA_LONG, message + CONTROL, controls.address() + control);
        messages.set(JAVA_LONG, message + CONTROL_BYTES, CMSG_SPACE);
    }

    private static long offset(String field) {
        return MMSGHDR.byteOffset(PathElement.groupElement(field));
    }
}
