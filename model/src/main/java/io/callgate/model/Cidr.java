package io.callgate.model;

/// A network: an address whose host bits are zero, and the number of bits that count.
///
/// @param prefixBits within the family: 0..32 for IPv4, 0..128 for IPv6
public record Cidr(IpAddress network, int prefixBits) {
    public Cidr {
        int most = network.isV4() ? 32 : 128;
        if (prefixBits < 0 || prefixBits > most) {
            throw new IllegalArgumentException(
                    "network " + network + "/" + prefixBits + ": the prefix is within 0 to " + most);
        }
        IpAddress start = start(network, prefixBits);
        if (!start.equals(network)) {
            throw new IllegalArgumentException("network " + network + "/" + prefixBits
                    + " has host bits set; write " + start + "/" + prefixBits + " for the network or " + network + "/"
                    + most + " for the one address");
        }
    }

    public static Cidr of(IpAddress address) {
        return new Cidr(address, address.isV4() ? 32 : 128);
    }

    /// The network of so many bits that an address lies in.
    public static Cidr around(IpAddress address, int prefixBits) {
        return new Cidr(start(address, prefixBits), prefixBits);
    }

    /// @param text `10.0.0.0/8`, `2001:db8::/32`, or one address without a prefix
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return of(IpAddress.parse(text));
        }
        String digits = text.substring(slash + 1);
        boolean isNumber = !digits.isEmpty()
                && digits.length() <= 3
                && digits.chars().allMatch(character -> character >= '0' && character <= '9');
        if (!isNumber) {
            throw new IllegalArgumentException(
                    "network \"" + text + "\": want a prefix length after the slash, as in 10.0.0.0/8");
        }
        String literal = text.substring(0, slash);
        IpAddress address = IpAddress.parse(literal);
        int prefixBits = Integer.parseInt(digits);
        if (address.isV4() && literal.indexOf(':') >= 0) {
            prefixBits -= 96; // written as IPv6 (::ffff:10.0.0.0/104), meant and kept as IPv4 (10.0.0.0/8)
            if (prefixBits < 0) {
                throw new IllegalArgumentException(
                        "network \"" + text + "\" is IPv4 within IPv6; write it as IPv4, as in 10.0.0.0/8");
            }
        }
        return new Cidr(address, prefixBits);
    }

    /// IPv4 is never inside an IPv6 network, not even inside `::/0`.
    public boolean contains(long high, long low) {
        if (network.isV4()) {
            return IpAddress.isV4(high, low) && ((low ^ network.low()) & mask(prefixBits + 32)) == 0;
        }
        return !IpAddress.isV4(high, low)
                && ((high ^ network.high()) & mask(Math.min(prefixBits, 64))) == 0
                && ((low ^ network.low()) & mask(Math.max(prefixBits - 64, 0))) == 0;
    }

    public boolean contains(IpAddress address) {
        return contains(address.high(), address.low());
    }

    /// Whether every address of this network is one of the other's.
    public boolean isInside(Cidr other) {
        return prefixBits >= other.prefixBits && other.contains(network);
    }

    @Override
    public String toString() {
        return network + "/" + prefixBits;
    }

    private static IpAddress start(IpAddress address, int prefixBits) {
        return address.isV4()
                ? new IpAddress(0, address.low() & mask(prefixBits + 32))
                : new IpAddress(
                        address.high() & mask(Math.min(prefixBits, 64)),
                        address.low() & mask(Math.max(prefixBits - 64, 0)));
    }

    /// The upper `bits` of a long. Java shifts by the count modulo 64, hence the zero case.
    private static long mask(int bits) {
        return bits == 0 ? 0 : -1L << (64 - bits);
    }
}
