package io.callgate.model;

import java.util.List;
import java.util.Random;

/// Every way that IPv6 hides an IPv4 address, around a random rest of the address.
final class Embeddings {
    private Embeddings() {}

    static List<IpAddress> of(int v4, Random random) {
        long bits = v4 & 0xFFFF_FFFFL;
        // The upper half of an interface identifier that is not ISATAP's.
        long other = (random.nextLong() & 0x00FF_FFFF_0000_0000L) | 0x1100_0000_0000_0000L;
        long globalPrefix = 0x2400_0000_0000_0000L | (random.nextLong() >>> 8);
        return List.of(
                new IpAddress(0, 0xFFFF_0000_0000L | bits), // v4-mapped
                new IpAddress(0, bits), // v4-compatible
                new IpAddress(
                        0x2002_0000_0000_0000L | bits << 16 | random.nextInt(65536), other | random.nextInt(65536)),
                new IpAddress(0x0064_FF9B_0000_0000L, bits), // NAT64
                new IpAddress(
                        0x2001_0000_0000_0000L | (random.nextInt() & 0xFFFF_FFFFL), other | (~bits & 0xFFFF_FFFFL)),
                new IpAddress(globalPrefix, 0x0000_5EFE_0000_0000L | bits), // ISATAP
                new IpAddress(globalPrefix, 0x0200_5EFE_0000_0000L | bits));
    }
}
