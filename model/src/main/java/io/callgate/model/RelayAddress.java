package io.callgate.model;

/// Where allocations live: the local address that relay ports are bound on, and how the world sees it.
///
/// @param publicAddress what clients are told; differs from `bind` behind 1:1 NAT
public record RelayAddress(IpAddress bind, IpAddress publicAddress) {
    public RelayAddress {
        if (bind.isWildcard() || publicAddress.isWildcard()) {
            throw new IllegalArgumentException("relay address " + bind + " as " + publicAddress
                    + ": a wildcard is no address for a peer; name one");
        }
        if (bind.isV4() != publicAddress.isV4()) {
            throw new IllegalArgumentException(
                    "relay address " + bind + " as " + publicAddress + ": both must be of one family, IPv4 or IPv6");
        }
    }

    public static RelayAddress of(IpAddress address) {
        return new RelayAddress(address, address);
    }
}
