package io.callgate.wire.socks5;

import io.callgate.wire.MalformedPacket;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The server's verdict on a [UsernamePassword] (RFC 1929 §2). After a refusal it closes the connection.
///
/// @param status 0 is success, anything else failure
public record AuthStatus(int status) {
    public static final int BYTES = 2;
    public static final AuthStatus SUCCESS = new AuthStatus(0);
    public static final AuthStatus FAILURE = new AuthStatus(1);

    public AuthStatus {
        Socks5.check8Bits("SOCKS authentication status", status);
    }

    public boolean isSuccess() {
        return status == 0;
    }

    public static Optional<AuthStatus> decode(ByteBuffer memory, int offset, int available) throws MalformedPacket {
        if (available < 1) {
            return Optional.empty();
        }
        Socks5.requireVersion(Socks5.PASSWORD_VERSION, memory, offset);
        return available < BYTES ? Optional.empty() : Optional.of(new AuthStatus(Socks5.unsigned(memory, offset + 1)));
    }

    public int encodedBytes() {
        return BYTES;
    }

    public void encode(ByteBuffer memory, int offset) {
        memory.put(offset, (byte) Socks5.PASSWORD_VERSION);
        memory.put(offset + 1, (byte) status);
    }
}
