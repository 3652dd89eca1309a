package io.callgate.testkit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// Sends UDP over IPv4 under headers made by hand, so from any source: port 0, or an address that is somebody
/// else's. For one thread.
public final class RawIp implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_RAW = 3;
    private static final int IPPROTO_RAW = 255; // the IP header is ours
    private static final int IP_HEADER_BYTES = 20;
    private static final int UDP_HEADER_BYTES = 8;
    private static final int SOCKADDR_BYTES = 16;

    private final NativeFile socket;

    private RawIp(NativeFile socket) {
        this.socket = socket;
    }

    /// Why this machine cannot; empty if it can.
    public static Optional<String> obstacle() {
        if (!System.getProperty("os.name").equals("Linux")) return Optional.of("raw sockets as here need Linux");
        try (RawIp _ = open()) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("a raw socket takes root or CAP_NET_RAW (" + e.getMessage() + ")");
        }
    }

    public static RawIp open() throws IOException {
        return new RawIp(NativeFile.socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
    }

    /// Sends one datagram; its checksum is 0, which means none (RFC 768).
    ///
    /// @param source IPv4, as `receiver`
    public void send(InetSocketAddress source, InetSocketAddress receiver, byte[] payload) throws IOException {
        int udpBytes = UDP_HEADER_BYTES + payload.length;
        ByteBuffer packet = ByteBuffer.allocate(IP_HEADER_BYTES + udpBytes);
        packet.put((byte) 0x45).put((byte) 0).putShort((short) packet.capacity());
        packet.putInt(0).put((byte) 64).put((byte) 17).putShort((short) 0); // the kernel puts id and checksum in
        packet.put(source.getAddress().getAddress()).put(receiver.getAddress().getAddress());
        packet.putShort((short) source.getPort()).putShort((short) receiver.getPort());
        packet.putShort((short) udpBytes).putShort((short) 0).put(payload);
        ByteBuffer address = ByteBuffer.allocate(SOCKADDR_BYTES).order(ByteOrder.nativeOrder());
        address.putShort((short) AF_INET).putShort((short) 0);
        address.put(receiver.getAddress().getAddress());
        try (Arena arena = Arena.ofConfined()) {
            socket.send(inNativeMemory(arena, packet), inNativeMemory(arena, address));
        }
    }

    private static MemorySegment inNativeMemory(Arena arena, ByteBuffer bytes) {
        return arena.allocate(bytes.capacity()).copyFrom(MemorySegment.ofBuffer(bytes.rewind()));
    }

    @Override
    public void close() {
        socket.close();
    }
}
