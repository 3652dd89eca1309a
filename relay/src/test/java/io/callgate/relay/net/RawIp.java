package io.callgate.relay.net;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Sees the IPv4 headers of all UDP that comes to this host, through a raw socket. For root alone: else the test
/// that wants it is skipped.
@SuppressWarnings("restricted") // Java has no raw sockets
public final class RawIp implements AutoCloseable {
    private static final int SOCK_RAW = 3;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int IPPROTO_UDP = 17;
    private static final int LARGEST_BYTES = 65_536;
    private static final int FLAGS = 6;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int UDP_HEADER_BYTES = 8;

    private final FileDescriptor descriptor;

    private RawIp(int descriptor) {
        this.descriptor = new FileDescriptor(descriptor);
    }

    public static RawIp open() {
        int descriptor = (int) call(
                "socket",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                LinuxCalls.AF_INET,
                SOCK_RAW | SOCK_NONBLOCK,
                IPPROTO_UDP);
        assumeTrue(descriptor >= 0, "a raw socket is for root alone");
        return new RawIp(descriptor);
    }

    /// Of each datagram to this port so far: payload bytes, TOS, and DF if it is set.
    public List<String> headersTo(int port) {
        List<String> headers = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(LARGEST_BYTES);
            while (true) {
                long bytes = (long) call(
                        "recv",
                        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
                        descriptor.intValue(),
                        memory,
                        (long) LARGEST_BYTES,
                        0);
                if (bytes < 0) {
                    return headers;
                }
                ByteBuffer packet = memory.asByteBuffer();
                int udp = (packet.get(0) & 0xF) * 4;
                if (Short.toUnsignedInt(packet.getShort(udp + 2)) == port) {
                    boolean isWhole = (packet.getShort(FLAGS) & DONT_FRAGMENT) != 0;
                    headers.add((bytes - udp - UDP_HEADER_BYTES) + " tos " + (packet.get(1) & 0xFF)
                            + (isWhole ? " DF" : ""));
                }
            }
        }
    }

    private static Object call(String name, FunctionDescriptor type, Object... arguments) {
        MethodHandle function = Linker.nativeLinker()
                .downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow(name), type);
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new AssertionError(name, e);
        }
    }

    @Override
    public void close() throws IOException {
        descriptor.close();
    }
}
