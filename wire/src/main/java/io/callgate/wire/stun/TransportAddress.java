package io.callgate.wire.stun;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/// An IP address and port as an attribute carries them. Not `InetSocketAddress`: that turns IPv6's ::ffff:a.b.c.d
/// into IPv4 silently, and a policy must see what the client wrote.
///
/// @param high the first 8 bytes of the address; 0 for IPv4
/// @param low the last 8 bytes; for IPv4 a.b.c.d 0x0000FFFFaabbccdd
public record TransportAddress(boolean ipv6, long high, long low, int port) {
    public TransportAddress {
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("port " + port + " outside 0..65535");
        }
        if (!ipv6 && !XorAddress.isIpv4Mapped(high, low)) {
            throw new IllegalArgumentException(String.format("0x%016x%016x is not ::ffff:a.b.c.d", high, low));
        }
    }

    /// @throws IllegalArgumentException if the address is not resolved
    public static TransportAddress of(InetSocketAddress socketAddress) {
        InetAddress address = socketAddress.getAddress();
        if (address == null) {
            throw new IllegalArgumentException(socketAddress + " is not resolved");
        }
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet6Address
                ? new TransportAddress(true, bytes.getLong(0), bytes.getLong(8), socketAddress.getPort())
                : ofIpv4(bytes.getInt(0), socketAddress.getPort());
    }

    public static TransportAddress ofIpv4(int address, int port) {
        return new TransportAddress(false, 0, 0x0000_FFFF_0000_0000L | Integer.toUnsignedLong(address), port);
    }

    /// Keeps the family: ::ffff:a.b.c.d of IPv6 stays an `Inet6Address`.
    public InetSocketAddress toInetSocketAddress() {
        try {
            InetAddress address = ipv6
                    ? Inet6Address.getByAddress(
                            null,
                            ByteBuffer.allocate(16).putLong(high).putLong(low).array(),
                            -1)
                    : InetAddress.getByAddress(
                            ByteBuffer.allocate(4).putInt((int) low).array());
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are always an address", e);
        }
    }

    /// The value of MAPPED-ADDRESS and its like (RFC 8489 §14.1), in the clear.
    void write(ByteBuffer memory, int offset) {
        memory.putInt(offset, (ipv6 ? AddressFamily.IPV6 : AddressFamily.IPV4) << 16 | port);
        if (ipv6) {
            memory.putLong(offset + 4, high);
            memory.putLong(offset + 12, low);
        } else {
            memory.putInt(offset + 4, (int) low);
        }
    }

    /// Reads what [#write] wrote; [XorAddress#isValid] holds for this value too.
    static TransportAddress read(ByteBuffer memory, int offset) {
        int port = Short.toUnsignedInt(memory.getShort(offset + 2));
        return XorAddress.isIpv6(memory, offset)
                ? new TransportAddress(true, memory.getLong(offset + 4), memory.getLong(offset + 12), port)
                : ofIpv4(memory.getInt(offset + 4), port);
    }

    /// `192.0.2.1:3478` or `[2001:db8:0:0:0:0:0:1]:3478`.
    @Override
    public String toString() {
        String host = toInetSocketAddress().getAddress().getHostAddress();
        return (ipv6 ? "[" + host + "]" : host) + ":" + port;
    }
}
