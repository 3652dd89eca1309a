package io.callgate.relay.net;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A `struct sockaddr_in` or `sockaddr_in6`, where it lies in memory. Addresses are two longs as in [PacketBatch].
final class SocketName {
    /// Of `sockaddr_in6`, the longer one.
    static final int MAX_BYTES = 28;

    static final int V4_BYTES = 16;
    static final int PORT = 2;
    static final int V4_ADDRESS = 4;
    static final int V6_FLOW = 4;
    static final int V6_ADDRESS = 8;
    static final int V6_SCOPE = 24;

    private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NETWORK_LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long V4_PREFIX = 0x0000_FFFF_0000_0000L;
    private static final long LOW_32 = 0xFFFF_FFFFL;

    private SocketName() {}

    static boolean isV4(long high, long low) {
        return high == 0 && (low & ~LOW_32) == V4_PREFIX;
    }

    /// @return its length in bytes
    static int write(MemorySegment memory, long at, boolean isV4, long high, long low, int port) {
        memory.set(NETWORK_SHORT, at + PORT, (short) port);
        if (isV4) {
            memory.set(JAVA_SHORT, at, (short) LinuxCalls.AF_INET);
            memory.set(NETWORK_INT, at + V4_ADDRESS, (int) low);
            return V4_BYTES;
        }
        memory.set(JAVA_SHORT, at, (short) LinuxCalls.AF_INET6);
        memory.set(JAVA_INT, at + V6_FLOW, 0);
        memory.set(NETWORK_LONG, at + V6_ADDRESS, high);
        memory.set(NETWORK_LONG, at + V6_ADDRESS + Long.BYTES, low);
        memory.set(JAVA_INT, at + V6_SCOPE, 0);
        return MAX_BYTES;
    }

    static long high(MemorySegment memory, long at) {
        return isV4(memory, at) ? 0 : memory.get(NETWORK_LONG, at + V6_ADDRESS);
    }

    static long low(MemorySegment memory, long at) {
        return isV4(memory, at)
                ? V4_PREFIX | (memory.get(NETWORK_INT, at + V4_ADDRESS) & LOW_32)
                : memory.get(NETWORK_LONG, at + V6_ADDRESS + Long.BYTES);
    }

    static int port(MemorySegment memory, long at) {
        return Short.toUnsignedInt(memory.get(NETWORK_SHORT, at + PORT));
    }

    private static boolean isV4(MemorySegment memory, long at) {
        return memory.get(JAVA_SHORT, at) == LinuxCalls.AF_INET;
    }
}
