package io.callgate.cli;

import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.relay.MachineAddresses;
import io.callgate.relay.RelayException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.List;

/// The addresses of this machine.
final class LocalAddresses {
    private LocalAddresses() {}

    /// What a wildcard stands for, as seen from outside.
    static List<IpAddress> reachable(boolean v4) {
        try {
            return MachineAddresses.read().reachable(v4);
        } catch (RelayException e) {
            throw new CommandFailed(String.join("\n", e.problems()), e);
        }
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
