package io.callgate.cli;

import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistEntry;
import io.callgate.model.AllowlistEntry.Direction;
import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.DestinationRule;
import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The allowlist that follows from one relay's configuration.
final class RelayAllowlist {
    private final RelayConfig config;
    private final Instant now;
    private final List<AllowlistEntry> entries = new ArrayList<>();

    private RelayAllowlist(RelayConfig config, Instant now) {
        this.config = config;
        this.now = now;
    }

    /// A relay on its own announces nothing: the version is the second it was asked in.
    static Allowlist of(RelayConfig config, Allowlist.Side side, Instant asked) {
        Instant now = asked.truncatedTo(ChronoUnit.SECONDS);
        RelayAllowlist list = new RelayAllowlist(config, now);
        if (side == Allowlist.Side.CLIENT) {
            list.towardListeners(Direction.OUTBOUND, list.publicAddresses());
        } else {
            list.towardListeners(Direction.INBOUND, Map.of());
            list.fromPeers();
            config.apps().forEach(list::towardDestinations);
        }
        return new Allowlist(Optional.empty(), now.getEpochSecond(), now, side, list.entries);
    }

    private void towardListeners(Direction direction, Map<IpAddress, IpAddress> seenAs) {
        for (ListenerState listener : config.effectiveListeners()) {
            for (IpAddress local : addresses(listener)) {
                IpAddress address = seenAs.getOrDefault(local, local);
                for (PortRange ports : listener.ports()) {
                    for (Protocol protocol : new TreeSet<>(listener.protocols())) {
                        add(
                                direction,
                                Optional.empty(),
                                Optional.of(address),
                                ports,
                                protocol,
                                AllowlistEntry.relayPurpose(protocol));
                    }
                }
            }
        }
    }

    private void fromPeers() {
        Set<IpAddress> bound = new LinkedHashSet<>();
        List<RelayAddress> named = config.effectiveRelayAddresses();
        named.forEach(address -> bound.add(address.bind()));
        if (named.isEmpty()) {
            config.effectiveListeners().forEach(listener -> bound.addAll(addresses(listener)));
        }
        for (IpAddress address : bound) {
            add(
                    Direction.INBOUND,
                    Optional.empty(),
                    Optional.of(address),
                    config.relayPorts(),
                    Protocol.UDP,
                    "media from destinations to allocations");
        }
    }

    private void towardDestinations(AppState app) {
        for (DestinationRule rule : app.destinations()) {
            for (PortRange ports : rule.ports()) {
                for (Protocol protocol : new TreeSet<>(rule.protocols())) {
                    String purpose = "destination of app " + app.id();
                    if (rule instanceof DestinationRule.ToNetwork network) {
                        entries.add(entry(
                                Direction.OUTBOUND,
                                Optional.empty(),
                                Optional.of(network.cidr()),
                                ports,
                                protocol,
                                purpose));
                    } else if (rule instanceof DestinationRule.ToHost host) {
                        add(Direction.OUTBOUND, Optional.of(host.host()), Optional.empty(), ports, protocol, purpose);
                    }
                }
            }
        }
    }

    private Map<IpAddress, IpAddress> publicAddresses() {
        return config.effectiveRelayAddresses().stream()
                .collect(Collectors.toMap(RelayAddress::bind, RelayAddress::publicAddress));
    }

    private static List<IpAddress> addresses(ListenerState listener) {
        return listener.address().isWildcard()
                ? LocalAddresses.reachable(listener.address().isV4())
                : List.of(listener.address());
    }

    private void add(
            Direction direction,
            Optional<String> domain,
            Optional<IpAddress> address,
            PortRange ports,
            Protocol protocol,
            String purpose) {
        entries.add(entry(direction, domain, address.map(Cidr::of), ports, protocol, purpose));
    }

    private AllowlistEntry entry(
            Direction direction,
            Optional<String> domain,
            Optional<Cidr> address,
            PortRange ports,
            Protocol protocol,
            String purpose) {
        return new AllowlistEntry(
                direction, domain, address, ports, protocol, purpose, Optional.empty(), now, Optional.empty());
    }
}
