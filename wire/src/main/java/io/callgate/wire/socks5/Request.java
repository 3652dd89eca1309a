package io.callgate.wire.socks5;

import io.callgate.wire.MalformedPacket;
import java.nio.ByteBuffer;
import java.util.Optional;

/// What the client wants (RFC 1928 §4).
///
/// @param command one of [Command], or any other number
/// @param port 0 if the target is of an unknown type
public record Request(int command, Target target, int port) {
    private static final int TARGET_OFFSET = 3;

    public Request {
        Socks5.check8Bits("SOCKS command", command);
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("port " + port + " outside 0..65535");
        }
    }

    public static Optional<Request> decode(ByteBuffer memory, int offset, int available) throws MalformedPacket {
        if (available < 1) {
            return Optional.empty();
        }
        Socks5.requireVersion(Socks5.VERSION, memory, offset);
        Optional<AddressAndPort> address =
                AddressAndPort.decode(memory, offset + TARGET_OFFSET, available - TARGET_OFFSET);
        return address.map(a -> new Request(Socks5.unsigned(memory, offset + 1), a.target(), a.port()));
    }

    public int encodedBytes() {
        return TARGET_OFFSET + new AddressAndPort(target, port).encodedBytes();
    }

    public void encode(ByteBuffer memory, int offset) {
        memory.put(offset, (byte) Socks5.VERSION);
        memory.put(offset + 1, (byte) command);
        memory.put(offset + 2, (byte) 0);
        new AddressAndPort(target, port).encode(memory, offset + TARGET_OFFSET);
    }
}
