package io.callgate.wire.socks5;

import io.callgate.wire.AbsoluteAccess;
import io.callgate.wire.MalformedPacket;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The client's credential (RFC 1929 §2), in UTF-8.
///
/// RFC 1929 wants 1..255 bytes each; empty ones are let through here, since a refusal by [AuthStatus] tells their
/// sender more than a closed connection.
public record UsernamePassword(String username, String password) {
    private static final int MAX_BYTES = 0xFF;

    public UsernamePassword {
        check("username", username);
        check("password", password);
    }

    public static Optional<UsernamePassword> decode(ByteBuffer memory, int offset, int available)
            throws MalformedPacket {
        if (available < 1) {
            return Optional.empty();
        }
        Socks5.requireVersion(Socks5.PASSWORD_VERSION, memory, offset);
        if (available < 2) {
            return Optional.empty();
        }
        int nameBytes = Socks5.unsigned(memory, offset + 1);
        if (available < 2 + nameBytes + 1) {
            return Optional.empty();
        }
        int passwordBytes = Socks5.unsigned(memory, offset + 2 + nameBytes);
        if (available < 2 + nameBytes + 1 + passwordBytes) {
            return Optional.empty();
        }
        return Optional.of(new UsernamePassword(
                text("username", memory, offset + 2, nameBytes),
                text("password", memory, offset + 3 + nameBytes, passwordBytes)));
    }

    public int encodedBytes() {
        return 3 + utf8(username).length + utf8(password).length;
    }

    public void encode(ByteBuffer memory, int offset) {
        byte[] name = utf8(username);
        byte[] secret = utf8(password);
        memory.put(offset, (byte) Socks5.PASSWORD_VERSION);
        memory.put(offset + 1, (byte) name.length);
        AbsoluteAccess.put(memory, offset + 2, name);
        memory.put(offset + 2 + name.length, (byte) secret.length);
        AbsoluteAccess.put(memory, offset + 3 + name.length, secret);
    }

    /// Without the password.
    @Override
    public String toString() {
        return "UsernamePassword[" + username + ", hidden]";
    }

    private static void check(String name, String value) {
        int bytes = utf8(value).length;
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("SOCKS " + name + " of " + bytes + " bytes, at most " + MAX_BYTES);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(String name, ByteBuffer memory, int offset, int length) throws MalformedPacket {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(AbsoluteAccess.slice(memory, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedPacket("SOCKS " + name + " of " + length + " bytes is not UTF-8");
        }
    }
}
