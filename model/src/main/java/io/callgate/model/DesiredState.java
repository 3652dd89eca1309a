package io.callgate.model;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The whole configuration of a relay. A relay takes it whole, or refuses it and keeps the one it has.
///
/// @param version rises with every change from the same origin
/// @param listeners at least one
/// @param relayAddresses empty: the addresses of the listeners
/// @param realm at most [#REALM_MAX] characters
/// @param ownEndpoints addresses of this host that are never dialled for a client: metrics, console
/// @param check whether `GET /check` is served
/// @param tls empty: TLS is refused
/// @param controlMayOpen the special ranges, and single addresses of this host, that rules sent by control may
///     open; means nothing for a state of the relay's own file, which may open any
public record DesiredState(
        long version,
        Origin origin,
        List<ListenerState> listeners,
        List<RelayAddress> relayAddresses,
        PortRange relayPorts,
        String realm,
        List<AppState> apps,
        List<Revocation> revocations,
        List<Endpoint> ownEndpoints,
        boolean check,
        Optional<TlsIdentity> tls,
        List<Cidr> controlMayOpen) {
    /// A 401 goes to a source that has proved nothing; a longer realm would send it more than three times its
    /// bytes.
    public static final int REALM_MAX = 24;

    public static final PortRange DEFAULT_RELAY_PORTS = new PortRange(49152, 65535); // RFC 8656 §7.2
    public static final String DEFAULT_REALM = "callgate";

    /// Who decides: only a relay's own file may open a special range.
    public enum Origin {
        FILE,
        CONTROL
    }

    public DesiredState {
        listeners = List.copyOf(listeners);
        relayAddresses = List.copyOf(relayAddresses);
        apps = List.copyOf(apps);
        revocations = List.copyOf(revocations);
        ownEndpoints = List.copyOf(ownEndpoints);
        controlMayOpen = List.copyOf(controlMayOpen);
        checkListeners(listeners);
        checkRealm(realm);
        checkApps(apps);
        checkClients(apps);
    }

    /// One in which control may open nothing.
    public DesiredState(
            long version,
            Origin origin,
            List<ListenerState> listeners,
            List<RelayAddress> relayAddresses,
            PortRange relayPorts,
            String realm,
            List<AppState> apps,
            List<Revocation> revocations,
            List<Endpoint> ownEndpoints,
            boolean check,
            Optional<TlsIdentity> tls) {
        this(
                version,
                origin,
                listeners,
                relayAddresses,
                relayPorts,
                realm,
                apps,
                revocations,
                ownEndpoints,
                check,
                tls,
                List.of());
    }

    /// What a relay's own file says of the relay, with what control says of apps.
    ///
    /// @throws IllegalArgumentException if the apps do not go together
    public DesiredState under(LinkState control) {
        return new DesiredState(
                control.version(),
                Origin.CONTROL,
                listeners,
                relayAddresses,
                relayPorts,
                realm,
                control.apps(),
                control.revocations(),
                ownEndpoints,
                check,
                tls,
                controlMayOpen);
    }

    private static void checkListeners(List<ListenerState> listeners) {
        if (listeners.isEmpty()) {
            throw new IllegalArgumentException(
                    "a relay without a listener takes no clients; name one address and port");
        }
        for (int i = 0; i < listeners.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (listeners.get(i).overlaps(listeners.get(j))) {
                    throw new IllegalArgumentException("listeners " + (j + 1) + " and " + (i + 1) + " overlap on "
                            + listeners.get(i).address() + "; keep each address, port and protocol in one of them");
                }
            }
        }
    }

    /// @throws IllegalArgumentException unless it is 1 to [#REALM_MAX] printable ASCII characters without `"` and
    ///     `\`
    public static void checkRealm(String realm) {
        if (realm.isEmpty() || realm.length() > REALM_MAX) {
            throw new IllegalArgumentException("realm \"" + realm + "\" has " + realm.length()
                    + " characters: want 1 to " + REALM_MAX + ", for each refusal carries it");
        }
        if (!realm.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '"' && c != '\\')) {
            throw new IllegalArgumentException(
                    "realm \"" + realm + "\": want printable ASCII without double quotes and backslashes");
        }
    }

    private static void checkApps(List<AppState> apps) {
        Set<AppId> ids = new HashSet<>();
        for (AppState app : apps) {
            if (app.id().equals(AppId.CHECK)) {
                throw new IllegalArgumentException(
                        "app " + app.id() + ": that name is the check page's own; choose another");
            }
            if (!ids.add(app.id())) {
                throw new IllegalArgumentException("app " + app.id() + " is there twice");
            }
        }
    }

    /// A client without a credential is known by its network alone, so it must be one app's.
    private static void checkClients(List<AppState> apps) {
        for (int i = 0; i < apps.size(); i++) {
            for (int j = 0; j < i; j++) {
                for (Cidr network : apps.get(i).clients()) {
                    for (Cidr other : apps.get(j).clients()) {
                        if (network.isInside(other) || other.isInside(network)) {
                            throw new IllegalArgumentException("clients " + network + " of app "
                                    + apps.get(i).id() + " overlap " + other + " of app "
                                    + apps.get(j).id() + ": a client there would belong to both; keep the networks of"
                                    + " apps apart");
                        }
                    }
                }
            }
        }
    }
}
