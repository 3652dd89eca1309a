package io.callgate.wire.socks5;

import io.callgate.wire.MalformedPacket;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The server's answer to a [Request] (RFC 1928 §6).
///
/// @param code one of the constants here, or any other number
/// @param bound where the server listens or from where it connects: BND.ADDR
public record Reply(int code, Target bound, int port) {
    public static final int SUCCEEDED = 0;
    public static final int GENERAL_FAILURE = 1;
    public static final int NOT_ALLOWED = 2;
    public static final int NETWORK_UNREACHABLE = 3;
    public static final int HOST_UNREACHABLE = 4;
    public static final int CONNECTION_REFUSED = 5;
    public static final int TTL_EXPIRED = 6;
    public static final int COMMAND_NOT_SUPPORTED = 7;
    public static final int ADDRESS_TYPE_NOT_SUPPORTED = 8;

    private static final int TARGET_OFFSET = 3;

    public Reply {
        Socks5.check8Bits("SOCKS reply code", code);
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("port " + port + " outside 0..65535");
        }
    }

    /// A refusal: no bound address, written as 0.0.0.0:0.
    public static Reply refused(int code) {
        return new Reply(code, new Target.Ipv4(0), 0);
    }

    public static Optional<Reply> decode(ByteBuffer memory, int offset, int available) throws MalformedPacket {
        if (available < 1) {
            return Optional.empty();
        }
        Socks5.requireVersion(Socks5.VERSION, memory, offset);
        Optional<AddressAndPort> address =
                AddressAndPort.decode(memory, offset + TARGET_OFFSET, available - TARGET_OFFSET);
        return address.map(a -> new Reply(Socks5.unsigned(memory, offset + 1), a.target(), a.port()));
    }

    public int encodedBytes() {
        return TARGET_OFFSET + new AddressAndPort(bound, port).encodedBytes();
    }

    public void encode(ByteBuffer memory, int offset) {
        memory.put(offset, (byte) Socks5.VERSION);
        memory.put(offset + 1, (byte) code);
        memory.put(offset + 2, (byte) 0);
        new AddressAndPort(bound, port).encode(memory, offset + TARGET_OFFSET);
    }
}
