package io.callgate.cli;

import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;

/// The addresses of this machine.
final class LocalAddresses {
    private LocalAddresses() {}

    /// What a wildcard stands for, as seen from outside: no loopback and no link-local unless there is nothing
    /// else.
    static List<IpAddress> reachable(boolean v4) {
        List<IpAddress> reachable = new ArrayList<>();
        List<IpAddress> fallback = new ArrayList<>();
        try {
            for (NetworkInterface card : NetworkInterface.networkInterfaces().toList()) {
                if (!card.isUp()) {
                    continue;
                }
                for (InetAddress local : card.inetAddresses().toList()) {
                    IpAddress address = IpAddress.of(local);
                    if (address.isV4() == v4) {
                        boolean isLocalOnly = local.isLoopbackAddress() || local.isLinkLocalAddress();
                        (isLocalOnly ? fallback : reachable).add(address);
                    }
                }
            }
        } catch (IOException e) {
            throw new CommandFailed("cannot list the network interfaces of this machine: " + e.getMessage(), e);
        }
        return reachable.isEmpty() ? fallback : reachable;
    }

    /// The local address that a public one (1:1 NAT) stands for: the listeners' own, else the one that packets to
    /// the world leave from.
    static IpAddress standingFor(IpAddress world, List<ListenerState> listeners) {
        List<IpAddress> named = listeners.stream()
                .map(ListenerState::address)
                .filter(address -> address.isV4() == world.isV4() && !address.isWildcard())
                .distinct()
                .toList();
        if (named.size() == 1) {
            return named.getFirst();
        }
        if (named.size() > 1) {
            throw new CommandFailed("publicAddress " + world + " could stand for " + named.getFirst() + " or "
                    + named.get(1) + "; name the pair: relayAddresses: [{bind: " + named.getFirst() + ", public: "
                    + world + "}]");
        }
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(new InetSocketAddress(world.toInetAddress(), 9)); // asks the routing table, sends nothing
            IpAddress local = IpAddress.of(probe.getLocalAddress());
            if (!local.isWildcard() && local.isV4() == world.isV4()) {
                return local;
            }
        } catch (IOException | UncheckedIOException e) {
            // No route: the answer below says what to do.
        }
        throw new CommandFailed("publicAddress " + world + ": this machine has no route to it and so no address of its"
                + " own to bind; name one: relayAddresses: [{bind: 10.0.0.1, public: " + world + "}]");
    }
}
