package io.callgate.model;

import java.util.List;
import java.util.Set;

/// One address with ports on which a relay takes clients; every protocol on each of them.
///
/// @param address `0.0.0.0` and `::` stand for every local address of their family
/// @param proxyProtocol whether every TCP connection begins with a PROXY header (v1 or v2), by which a load
///     balancer says where its client is; UDP has none
public record ListenerState(IpAddress address, List<PortRange> ports, Set<Protocol> protocols, boolean proxyProtocol) {
    public ListenerState {
        ports = List.copyOf(ports);
        protocols = Set.copyOf(protocols);
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("listener " + address + " has no port");
        }
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("listener " + address + " has no protocol: want udp, tcp or both");
        }
        if (proxyProtocol && !protocols.contains(Protocol.TCP)) {
            throw new IllegalArgumentException(
                    "listener " + address + ": proxyProtocol is for TCP, and it has UDP only");
        }
        for (int i = 0; i < ports.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (ports.get(i).overlaps(ports.get(j))) {
                    throw new IllegalArgumentException(
                            "listener " + address + ": ports " + ports.get(j) + " and " + ports.get(i) + " overlap");
                }
            }
        }
    }

    /// One that clients reach directly.
    public ListenerState(IpAddress address, List<PortRange> ports, Set<Protocol> protocols) {
        this(address, ports, protocols, false);
    }

    /// Whether both would bind the same address, port and protocol; a wildcard meets every address of its family.
    public boolean overlaps(ListenerState other) {
        boolean sameAddress = address.equals(other.address)
                || (address.isV4() == other.address.isV4() && (address.isWildcard() || other.address.isWildcard()));
        return sameAddress
                && protocols.stream().anyMatch(other.protocols::contains)
                && ports.stream().anyMatch(range -> other.ports.stream().anyMatch(range::overlaps));
    }

    /// Whether this is the entry that opens that address and port.
    public boolean covers(IpAddress local, int port, Protocol protocol) {
        boolean isAddress = address.equals(local) || (address.isWildcard() && address.isV4() == local.isV4());
        return isAddress
                && protocols.contains(protocol)
                && ports.stream().anyMatch(range -> range.first() <= port && port <= range.last());
    }

    public int portCount() {
        return ports.stream().mapToInt(PortRange::size).sum();
    }
}
