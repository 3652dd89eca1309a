package io.callgate.relay;

import io.callgate.model.IpAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/// The addresses of this machine at one moment.
record LocalAddresses(List<IpAddress> all) {
    static final LocalAddresses NONE = new LocalAddresses(List.of());

    LocalAddresses {
        all = List.copyOf(all);
    }

    /// Asks the system. Link-local IPv6 is left out: it means nothing without an interface.
    static LocalAddresses read() {
        List<IpAddress> all = new ArrayList<>();
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress() || address.getAddress().length == 4)
                    .map(IpAddress::of)
                    .forEach(all::add);
        } catch (SocketException e) {
            throw new RelayException(List.of("cannot read the addresses of this machine: " + e.getMessage()));
        }
        return new LocalAddresses(all);
    }

    boolean has(IpAddress address) {
        return all.contains(address) || address.toInetAddress().isLoopbackAddress();
    }

    /// `0.0.0.0` becomes every IPv4 address, `::` every IPv6 address, any other itself.
    List<IpAddress> expand(IpAddress address) {
        return address.isWildcard()
                ? all.stream().filter(it -> it.isV4() == address.isV4()).toList()
                : List.of(address);
    }
}
