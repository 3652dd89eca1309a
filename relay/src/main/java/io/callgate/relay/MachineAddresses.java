package io.callgate.relay;

import io.callgate.model.DesiredState;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import io.callgate.relay.grant.OwnHost;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The addresses of this machine at one moment.
public record MachineAddresses(List<Local> locals) {
    static final MachineAddresses NONE = new MachineAddresses(List.of());

    /// One address.
    ///
    /// @param card the network interface that has it
    /// @param isUp whether that card sends and receives now
    /// @param isOnlyForThisHost loopback or link-local
    public record Local(IpAddress address, String card, boolean isUp, boolean isOnlyForThisHost) {}

    public MachineAddresses {
        locals = List.copyOf(locals);
    }

    /// Asks the system. Link-local IPv6 is left out: it means nothing without an interface.
    ///
    /// @throws RelayException if the system does not say
    public static MachineAddresses read() {
        List<Local> locals = new ArrayList<>();
        try {
            for (NetworkInterface card : NetworkInterface.networkInterfaces().toList()) {
                boolean isUp = isUp(card);
                for (InetAddress address : card.inetAddresses().toList()) {
                    if (!address.isLinkLocalAddress() || address.getAddress().length == 4) {
                        boolean isOnlyForThisHost = address.isLoopbackAddress() || address.isLinkLocalAddress();
                        locals.add(new Local(IpAddress.of(address), card.getName(), isUp, isOnlyForThisHost));
                    }
                }
            }
        } catch (SocketException e) {
            throw new RelayException(List.of("cannot read the addresses of this machine: " + e.getMessage()));
        }
        return new MachineAddresses(locals);
    }

    private static boolean isUp(NetworkInterface card) {
        try {
            return card.isUp();
        } catch (SocketException e) {
            return false; // it has gone since it was listed
        }
    }

    /// Those of cards that are down too: a listener there outlives a pulled cable, and they are own addresses.
    public List<IpAddress> all() {
        return locals.stream().map(Local::address).toList();
    }

    /// What a wildcard stands for, as seen from outside: of cards that are up, and those only for this host only
    /// if there is nothing else.
    public List<IpAddress> reachable(boolean v4) {
        List<Local> up = locals.stream()
                .filter(local -> local.isUp && local.address.isV4() == v4)
                .toList();
        List<IpAddress> fromOutside = up.stream()
                .filter(local -> !local.isOnlyForThisHost)
                .map(Local::address)
                .toList();
        return fromOutside.isEmpty() ? up.stream().map(Local::address).toList() : fromOutside;
    }

    public Optional<Local> find(IpAddress address) {
        return locals.stream().filter(local -> local.address.equals(address)).findFirst();
    }

    boolean has(IpAddress address) {
        return find(address).isPresent() || address.toInetAddress().isLoopbackAddress();
    }

    /// `0.0.0.0` becomes every IPv4 address, `::` every IPv6 address, any other itself.
    List<IpAddress> expand(IpAddress address) {
        return address.isWildcard()
                ? all().stream().filter(it -> it.isV4() == address.isV4()).toList()
                : List.of(address);
    }

    /// All addresses by which this host is known, and what must never be dialled there.
    OwnHost ownHost(DesiredState next, Set<BoundListener> wanted, List<RelayAddress> addresses) {
        Set<IpAddress> own = new HashSet<>(all());
        addresses.forEach(address -> own.addAll(List.of(address.bind(), address.publicAddress())));
        return new OwnHost(
                own,
                endpoints(Protocol.UDP, wanted, addresses),
                endpoints(Protocol.TCP, wanted, addresses),
                next.ownEndpoints());
    }

    /// Where clients reach the listeners: behind 1:1 NAT by the public addresses too.
    private static Set<Endpoint> endpoints(
            Protocol protocol, Set<BoundListener> listeners, List<RelayAddress> addresses) {
        Set<Endpoint> endpoints = new HashSet<>();
        for (BoundListener listener : listeners) {
            if (listener.protocol() == protocol) {
                endpoints.add(new Endpoint(listener.address(), listener.port()));
                addresses.forEach(address -> endpoints.add(new Endpoint(address.publicAddress(), listener.port())));
            }
        }
        return endpoints;
    }
}
