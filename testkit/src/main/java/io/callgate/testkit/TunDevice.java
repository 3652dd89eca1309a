package io.callgate.testkit;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// A network device of a [Host] whose cable is a file: what the host sends on it is read here, packet by packet,
/// and what is written here the host receives. It offers the kernel no offloads, so each packet is one IP packet
/// of at most 1500 bytes, with its checksums. It goes when it is closed.
final class TunDevice implements AutoCloseable {
    static final int MAX_PACKET_BYTES = 1500;

    private static final Path CLONE = Path.of("/dev/net/tun");
    private static final long TUNSETIFF = 0x4004_54CAL; // linux/if_tun.h: _IOW('T', 202, int)
    private static final short IFF_TUN = 0x0001;
    private static final short IFF_NO_PI = 0x1000; // no header of its own before a packet
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_FLAGS = 16;

    private final NativeFile file;

    TunDevice(Host host, String name) {
        file = host.inside(() -> attached(name));
    }

    static boolean isPossible() {
        return Files.isWritable(CLONE);
    }

    NativeFile file() {
        return file;
    }

    @Override
    public void close() {
        file.close();
    }

    private static NativeFile attached(String name) throws IOException {
        NativeFile opened = NativeFile.open(CLONE.toString(), NativeFile.O_RDWR | NativeFile.O_NONBLOCK);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(IFREQ_BYTES);
            request.setString(0, name);
            request.set(JAVA_SHORT, IFREQ_FLAGS, (short) (IFF_TUN | IFF_NO_PI));
            opened.control(TUNSETIFF, request);
            return opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }
}
