package io.callgate.cli;

import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.DesiredState;
import io.callgate.model.DestinationRule;
import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import io.callgate.model.Secret;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.link.LinkMemory;
import io.callgate.relay.link.LinkOptions;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a relay file says, with defaults where it is silent. Code can set whatever the file can.
///
/// @param listeners empty: [#DEFAULT_LISTENER]
/// @param controlMayOpen special ranges that rules of control may open
/// @param publicAddress the world's view of the only local address of its family; empty: no 1:1 NAT
record RelayConfig(
        List<ListenerState> listeners,
        List<RelayAddress> relayAddresses,
        Optional<IpAddress> publicAddress,
        PortRange relayPorts,
        String realm,
        Optional<Tls> tls,
        List<AppState> apps,
        Optional<ControlLink> control,
        List<Cidr> controlMayOpen,
        OperationConfig operation,
        boolean check) {
    static final ListenerState DEFAULT_LISTENER = listener(IpAddress.ANY_V4, 443);
    static final RelayConfig DEFAULT = new RelayConfig(
            List.of(),
            List.of(),
            Optional.empty(),
            DesiredState.DEFAULT_RELAY_PORTS,
            DesiredState.DEFAULT_REALM,
            Optional.empty(),
            List.of(),
            Optional.empty(),
            List.of(),
            OperationConfig.DEFAULT,
            true);

    /// PEM files, resolved against the folder of the relay file, and what they hold.
    record Tls(Path certificate, Path key, TlsIdentity identity) {}

    /// Where apps come from when it is not this file.
    ///
    /// @param joinToken until the relay has joined
    record ControlLink(
            List<URI> urls,
            Optional<Secret> joinToken,
            String name,
            List<X509Certificate> authorities,
            Optional<String> pin) {
        LinkOptions options(LinkMemory memory) {
            return new LinkOptions(
                    urls, joinToken, name, authorities, pin, "callgate " + CallgateCommand.VERSION, memory);
        }
    }

    static ListenerState listener(IpAddress address, int port) {
        Set<Protocol> both = EnumSet.allOf(Protocol.class);
        return new ListenerState(address, List.of(PortRange.of(port)), both);
    }

    RelayConfig withListeners(List<ListenerState> changed) {
        return new RelayConfig(
                changed,
                relayAddresses,
                publicAddress,
                relayPorts,
                realm,
                tls,
                apps,
                control,
                controlMayOpen,
                operation,
                check);
    }

    RelayConfig withApps(List<AppState> changed) {
        return new RelayConfig(
                listeners,
                relayAddresses,
                publicAddress,
                relayPorts,
                realm,
                tls,
                changed,
                control,
                controlMayOpen,
                operation,
                check);
    }

    /// Whether it names neither apps nor a control: where serve runs it, serve's own control has the apps.
    boolean leavesAppsToServe() {
        return apps.isEmpty() && control.isEmpty();
    }

    /// With leave for control to open the networks of these rules, special ranges though they be.
    RelayConfig withOpened(List<DestinationRule> rules) {
        List<Cidr> networks = new ArrayList<>(controlMayOpen);
        for (DestinationRule rule : rules) {
            if (rule instanceof DestinationRule.ToNetwork network && !networks.contains(network.cidr())) {
                networks.add(network.cidr());
            }
        }
        return withControlMayOpen(networks);
    }

    RelayConfig withControlMayOpen(List<Cidr> changed) {
        return new RelayConfig(
                listeners,
                relayAddresses,
                publicAddress,
                relayPorts,
                realm,
                tls,
                apps,
                control,
                changed,
                operation,
                check);
    }

    RelayConfig withOperation(OperationConfig changed) {
        return new RelayConfig(
                listeners,
                relayAddresses,
                publicAddress,
                relayPorts,
                realm,
                tls,
                apps,
                control,
                controlMayOpen,
                changed,
                check);
    }

    /// The rules come on top of the first app's: on the command line there is no other app to mean.
    RelayConfig withAllowed(List<DestinationRule> rules) {
        if (rules.isEmpty()) {
            return this;
        }
        if (apps.isEmpty()) {
            throw new CommandFailed("--allow wants an app to allow it to, and the relay file has none");
        }
        List<AppState> changed = new ArrayList<>(apps);
        AppState first = apps.getFirst();
        List<DestinationRule> destinations = new ArrayList<>(first.destinations());
        destinations.addAll(rules);
        changed.set(
                0,
                new AppState(
                        first.id(),
                        first.relaySecrets(),
                        first.clients(),
                        destinations,
                        first.limits(),
                        first.users()));
        return withApps(changed);
    }

    List<ListenerState> effectiveListeners() {
        return listeners.isEmpty() ? List.of(DEFAULT_LISTENER) : listeners;
    }

    /// @param identity of [#tls], or the relay's own
    /// @throws CommandFailed if `publicAddress` has no local address to stand for
    DesiredState desiredState(long version, TlsIdentity identity) {
        return new DesiredState(
                version,
                DesiredState.Origin.FILE,
                effectiveListeners(),
                effectiveRelayAddresses(),
                relayPorts,
                realm,
                apps,
                List.of(),
                operation.metrics().stream()
                        .map(OperationConfig.MetricsAddress::endpoint)
                        .toList(),
                check,
                Optional.of(identity),
                controlMayOpen);
    }

    List<RelayAddress> effectiveRelayAddresses() {
        return publicAddress
                .map(world -> List.of(new RelayAddress(LocalAddresses.standingFor(world, effectiveListeners()), world)))
                .orElse(relayAddresses);
    }
}
