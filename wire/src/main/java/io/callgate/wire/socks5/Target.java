package io.callgate.wire.socks5;

import io.callgate.wire.AbsoluteAccess;
import io.callgate.wire.MalformedPacket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The address part of requests, replies and UDP headers: ATYP, then the address (RFC 1928 §5).
public sealed interface Target {
    int TYPE_IPV4 = 1;
    int TYPE_DOMAIN = 3;
    int TYPE_IPV6 = 4;

    /// @param address the four bytes, first one highest
    record Ipv4(int address) implements Target {
        @Override
        public int encodedBytes() {
            return 1 + 4;
        }

        @Override
        public void encode(ByteBuffer memory, int offset) {
            memory.put(offset, (byte) TYPE_IPV4);
            memory.putInt(offset + 1, address);
        }

        @Override
        public String toString() {
            return String.format(
                    "%d.%d.%d.%d", address >>> 24, (address >> 16) & 0xFF, (address >> 8) & 0xFF, address & 0xFF);
        }
    }

    record Ipv6(long high, long low) implements Target {
        @Override
        public int encodedBytes() {
            return 1 + 16;
        }

        @Override
        public void encode(ByteBuffer memory, int offset) {
            memory.put(offset, (byte) TYPE_IPV6);
            memory.putLong(offset + 1, high);
            memory.putLong(offset + 9, low);
        }
    }

    /// A name to be resolved by the proxy. May also hold an address literal, which is then judged as that address.
    ///
    /// @param name 1..255 printable ASCII characters without space
    record Domain(String name) implements Target {
        public Domain {
            if (name.isEmpty() || name.length() > 0xFF) {
                throw new IllegalArgumentException("domain name of " + name.length() + " characters outside 1..255");
            }
            if (!name.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
                throw new IllegalArgumentException("domain name with other than printable ASCII characters");
            }
        }

        @Override
        public int encodedBytes() {
            return 2 + name.length();
        }

        @Override
        public void encode(ByteBuffer memory, int offset) {
            memory.put(offset, (byte) TYPE_DOMAIN);
            memory.put(offset + 1, (byte) name.length());
            AbsoluteAccess.put(memory, offset + 2, name.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /// An address type that RFC 1928 does not know, to be answered with [Reply#ADDRESS_TYPE_NOT_SUPPORTED]. Its
    /// length is unknown too, so nothing behind it can be read and the connection must end.
    record UnknownType(int addressType) implements Target {
        public UnknownType {
            Socks5.check8Bits("SOCKS address type", addressType);
        }

        @Override
        public int encodedBytes() {
            return 1;
        }

        @Override
        public void encode(ByteBuffer memory, int offset) {
            memory.put(offset, (byte) addressType);
        }
    }

    /// ATYP included.
    int encodedBytes();

    void encode(ByteBuffer memory, int offset);

    static Optional<Target> decode(ByteBuffer memory, int offset, int available) throws MalformedPacket {
        if (available < 1) {
            return Optional.empty();
        }
        int addressType = Socks5.unsigned(memory, offset);
        return switch (addressType) {
            case TYPE_IPV4 -> available < 1 + 4 ? Optional.empty() : Optional.of(new Ipv4(memory.getInt(offset + 1)));
            case TYPE_IPV6 ->
                available < 1 + 16
                        ? Optional.empty()
                        : Optional.of(new Ipv6(memory.getLong(offset + 1), memory.getLong(offset + 9)));
            case TYPE_DOMAIN -> decodeDomain(memory, offset + 1, available - 1);
            default -> Optional.of(new UnknownType(addressType));
        };
    }

    private static Optional<Target> decodeDomain(ByteBuffer memory, int offset, int available) throws MalformedPacket {
        if (available < 1) {
            return Optional.empty();
        }
        int length = Socks5.unsigned(memory, offset);
        if (available < 1 + length) {
            return Optional.empty();
        }
        byte[] name = new byte[length];
        AbsoluteAccess.get(memory, offset + 1, name);
        try {
            return Optional.of(new Domain(new String(name, StandardCharsets.ISO_8859_1)));
        } catch (IllegalArgumentException e) {
            throw new MalformedPacket(String.valueOf(e.getMessage()));
        }
    }
}
