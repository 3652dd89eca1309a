package io.callgate.relay.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
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
    static final long MESSAGE_BYTES = MMSGHDR.byteSize();
    static final long NAME = offset("name");
    static final long NAME_BYTES = offset("nameBytes");
    static final long VECTORS = offset("vectors");
    static final long VECTOR_COUNT = offset("vectorCount");
    static final long CONTROL = offset("control");
    static final long CONTROL_BYTES = offset("controlBytes");
    static final long BYTES = offset("bytes");

    static final long VECTOR_BYTES = 16; // struct iovec: base, length
    private static final long NAME_STRIDE = 32;

    // struct cmsghdr: length, level, type; then the data.
    static final long CONTROL_STRIDE = 128;
    static final long CMSG_LEVEL = 8;
    static final long CMSG_TYPE = 12;
    static final long CMSG_DATA = 16;
    private static final long CMSG_SPACE = 24; // of anything up to 8 bytes
    static final long CMSG_ALIGN = 8;

    // struct sock_extended_err of linux/errqueue.h.
    static final long ERROR_ORIGIN = 4;
    static final long ERROR_TYPE = 5;
    static final long ERROR_CODE = 6;
    static final long ERROR_INFO = 8;

    private static final long NONE = -1;

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

    /// Makes room for name and control messages, which the kernel has cut to what it wrote.
    void expect(int i) {
        long message = i * MESSAGE_BYTES;
        messages.set(JAVA_INT, message + NAME_BYTES, SocketName.MAX_BYTES);
        messages.set(JAVA_LONG, message + CONTROL, controls.address() + i * CONTROL_STRIDE);
        messages.set(JAVA_LONG, message + CONTROL_BYTES, CONTROL_STRIDE);
    }

    /// Bytes received.
    int bytes(int i) {
        return messages.get(JAVA_INT, i * MESSAGE_BYTES + BYTES);
    }

    /// Bytes of each of the datagrams that the kernel has joined, but for the last, which may be shorter; 0 if it
    /// is a single one.
    int segmentBytes(int i) {
        long data = control(i, LinuxCalls.SOL_UDP, LinuxCalls.UDP_GRO);
        return data == NONE ? 0 : controls.get(JAVA_INT, data);
    }

    /// TOS byte or traffic class; 0 if the kernel did not say it.
    int tos(int i) {
        long data = control(i, LinuxCalls.SOL_IP, LinuxCalls.IP_TOS);
        if (data != NONE) {
            return controls.get(JAVA_BYTE, data);
        }
        data = control(i, LinuxCalls.SOL_IPV6, LinuxCalls.IPV6_TCLASS);
        return data == NONE ? 0 : controls.get(JAVA_INT, data);
    }

    /// Who says that a datagram did not arrive; 0: nobody.
    int errorOrigin(int i, boolean isV4) {
        long data = error(i, isV4);
        return data == NONE ? 0 : controls.get(JAVA_BYTE, data + ERROR_ORIGIN);
    }

    /// ICMP's type, of an error with an origin.
    int errorType(int i, boolean isV4) {
        return Byte.toUnsignedInt(controls.get(JAVA_BYTE, error(i, isV4) + ERROR_TYPE));
    }

    int errorCode(int i, boolean isV4) {
        return Byte.toUnsignedInt(controls.get(JAVA_BYTE, error(i, isV4) + ERROR_CODE));
    }

    /// The MTU, if the datagram was too big.
    int errorInfo(int i, boolean isV4) {
        return controls.get(JAVA_INT, error(i, isV4) + ERROR_INFO);
    }

    private long error(int i, boolean isV4) {
        return isV4
                ? control(i, LinuxCalls.SOL_IP, LinuxCalls.IP_RECVERR)
                : control(i, LinuxCalls.SOL_IPV6, LinuxCalls.IPV6_RECVERR);
    }

    /// Where the data of a control message of this kind lies; or [#NONE].
    private long control(int i, int level, int type) {
        long at = i * CONTROL_STRIDE;
        long end = at + messages.get(JAVA_LONG, i * MESSAGE_BYTES + CONTROL_BYTES);
        while (at + CMSG_DATA < end) {
            if (controls.get(JAVA_INT, at + CMSG_LEVEL) == level && controls.get(JAVA_INT, at + CMSG_TYPE) == type) {
                return at + CMSG_DATA;
            }
            at += (controls.get(JAVA_LONG, at) + CMSG_ALIGN - 1) & -CMSG_ALIGN;
        }
        return NONE;
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

    /// Has the kernel cut the message into datagrams, and mark them.
    ///
    /// @param segmentBytes of each but the last, which may be shorter; 0 to send it as one
    /// @param tos TOS byte or traffic class; 0 is the kernel's own
    void control(int i, boolean isV4, int segmentBytes, int tos) {
        long start = i * CONTROL_STRIDE;
        long at = start;
        if (segmentBytes != 0) {
            head(at, Short.BYTES, LinuxCalls.SOL_UDP, LinuxCalls.UDP_SEGMENT);
            controls.set(JAVA_SHORT, at + CMSG_DATA, (short) segmentBytes);
            at += CMSG_SPACE;
        }
        if (tos != 0) {
            if (isV4) {
                head(at, Integer.BYTES, LinuxCalls.SOL_IP, LinuxCalls.IP_TOS);
            } else {
                head(at, Integer.BYTES, LinuxCalls.SOL_IPV6, LinuxCalls.IPV6_TCLASS);
            }
            controls.set(JAVA_INT, at + CMSG_DATA, tos);
            at += CMSG_SPACE;
        }
        long message = i * MESSAGE_BYTES;
        messages.set(JAVA_LONG, message + CONTROL, at == start ? 0 : controls.address() + start);
        messages.set(JAVA_LONG, message + CONTROL_BYTES, at - start);
    }

    private void head(long at, int dataBytes, int level, int type) {
        controls.set(JAVA_LONG, at, CMSG_DATA + dataBytes);
        controls.set(JAVA_INT, at + CMSG_LEVEL, level);
        controls.set(JAVA_INT, at + CMSG_TYPE, type);
    }

    private static long offset(String field) {
        return MMSGHDR.byteOffset(PathElement.groupElement(field));
    }
}
