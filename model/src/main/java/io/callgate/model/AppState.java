package io.callgate.model;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a relay knows of one app.
///
/// @param relaySecrets none to two: two while one replaces the other; with none only static users and `clients`
///     get in
/// @param clients networks whose SOCKS5 and CONNECT need no credential; TURN always needs one
/// @param destinations what its clients may reach; empty is nothing
public record AppState(
        AppId id,
        List<Secret> relaySecrets,
        List<Cidr> clients,
        List<DestinationRule> destinations,
        Limits limits,
        List<StaticUser> users) {
    public AppState {
        relaySecrets = List.copyOf(relaySecrets);
        clients = List.copyOf(clients);
        destinations = List.copyOf(destinations);
        users = List.copyOf(users);
        if (relaySecrets.size() > 2) {
            throw new IllegalArgumentException("app " + id + " has " + relaySecrets.size()
                    + " secrets: want at most two, the new one and the one it replaces");
        }
        Set<String> names = new HashSet<>();
        for (StaticUser user : users) {
            if (!names.add(user.name())) {
                throw new IllegalArgumentException("app " + id + " has the user \"" + user.name() + "\" twice");
            }
        }
    }
}
