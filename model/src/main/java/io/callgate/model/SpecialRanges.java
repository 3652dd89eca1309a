package io.callgate.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The ranges that `0.0.0.0/0` does not open: a destination rule must lie inside one of them to reach it.
///
/// They hold the relay's own host, its neighbours and cloud metadata services. Asked with a raw or a canonical
/// address: IPv4 hidden in IPv6 counts as the IPv4 that it hides.
public final class SpecialRanges {
    /// One range with its name as messages give it.
    public record SpecialRange(String name, Cidr cidr) {}

    public static final List<SpecialRange> ALL = List.of(
            range("this network", "0.0.0.0/8"), // RFC 791; 0.0.0.0 connects to the own host on Linux
            range("private", "10.0.0.0/8"), // RFC 1918
            range("carrier-grade NAT", "100.64.0.0/10"), // RFC 6598; holds Alibaba's metadata 100.100.100.200
            range("loopback", "127.0.0.0/8"), // RFC 1122
            range("link-local", "169.254.0.0/16"), // RFC 3927; cloud metadata 169.254.169.254
            range("private", "172.16.0.0/12"), // RFC 1918
            range("IETF protocol assignments", "192.0.0.0/24"), // RFC 6890
            range("private", "192.168.0.0/16"), // RFC 1918
            range("benchmarking", "198.18.0.0/15"), // RFC 2544
            range("multicast", "224.0.0.0/4"), // RFC 5771
            range("reserved", "240.0.0.0/4"), // RFC 1112; holds the broadcast address
            range("unspecified", "::/128"), // RFC 4291
            range("loopback", "::1/128"), // RFC 4291
            range("local NAT64", "64:ff9b:1::/48"), // RFC 8215; where IPv4 sits in it is the network's choice
            range("unique local", "fc00::/7"), // RFC 4193
            range("link-local", "fe80::/10"), // RFC 4291
            range("site-local", "fec0::/10"), // RFC 3879
            range("multicast", "ff00::/8")); // RFC 4291

    private static final SpecialRange[] V4 =
            ALL.stream().filter(range -> range.cidr.network().isV4()).toArray(SpecialRange[]::new);
    private static final SpecialRange[] V6 =
            ALL.stream().filter(range -> !range.cidr.network().isV4()).toArray(SpecialRange[]::new);

    private SpecialRanges() {}

    public static Optional<SpecialRange> find(IpAddress address) {
        return find(address.high(), address.low());
    }

    public static Optional<SpecialRange> find(long high, long low) {
        for (SpecialRange range : V6) {
            if (range.cidr.contains(high, low)) {
                return Optional.of(range);
            }
        }
        if (IpAddress.hidesV4(high, low)) {
            Optional<SpecialRange> hidden = findV4(IpAddress.hiddenV4(high, low));
            if (hidden.isPresent()) {
                return hidden;
            }
        }
        // 6to4 and Teredo leave room for an ISATAP identifier, and so for a second IPv4 address.
        return high != 0 && IpAddress.isIsatap(low) ? findV4((int) low) : Optional.empty();
    }

    /// As [#find(long, long)], without an object.
    public static boolean contains(long high, long low) {
        if (IpAddress.isV4(high, low)) {
            return anyContains(V4, 0, low);
        }
        return anyContains(V6, high, low)
                || (IpAddress.hidesV4(high, low)
                        && anyContains(V4, 0, IpAddress.lowOfV4(IpAddress.hiddenV4(high, low))))
                || (high != 0 && IpAddress.isIsatap(low) && anyContains(V4, 0, IpAddress.lowOfV4((int) low)));
    }

    /// The range that a network lies inside: a rule for it opens that part of the range.
    public static Optional<SpecialRange> enclosing(Cidr network) {
        return ALL.stream().filter(range -> network.isInside(range.cidr)).findFirst();
    }

    /// The ranges that a network covers or cuts without lying inside: a rule for it does not open them.
    public static List<SpecialRange> leftClosedBy(Cidr network) {
        List<SpecialRange> closed = new ArrayList<>();
        for (SpecialRange range : ALL) {
            if (range.cidr.isInside(network) && !network.isInside(range.cidr)) {
                closed.add(range);
            }
        }
        return List.copyOf(closed);
    }

    private static Optional<SpecialRange> findV4(int address) {
        for (SpecialRange range : V4) {
            if (range.cidr.contains(0, IpAddress.lowOfV4(address))) {
                return Optional.of(range);
            }
        }
        return Optional.empty();
    }

    private static boolean anyContains(SpecialRange[] ranges, long high, long low) {
        for (SpecialRange range : ranges) {
            if (range.cidr.contains(high, low)) {
                return true;
            }
        }
        return false;
    }

    private static SpecialRange range(String name, String cidr) {
        return new SpecialRange(name, Cidr.parse(cidr));
    }
}
