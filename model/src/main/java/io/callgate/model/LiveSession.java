package io.callgate.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A session of a relay, as control shows it.
///
/// @param number of the session within the relay's epoch, from 1
/// @param ingresses labels of the protocols by which it has come, at least one
/// @param client the network of the address that it came from first, never the address: a name and an address
///     together tell where a person is
/// @param reached where on its relay it has come in, as the world sees it; empty if the relay does not tell
/// @param credentialExpiresAt of the credential that is good for longest; empty where none was needed or it never
///     expires
/// @param bytesToPeer of all its allocations and tunnels, as of some time ago: see [SessionChanges]
public record LiveSession(
        long number,
        AppId app,
        Subject subject,
        List<String> ingresses,
        Cidr client,
        Set<Endpoint> reached,
        Instant began,
        Optional<Instant> credentialExpiresAt,
        long bytesToPeer,
        long bytesToClient) {
    /// In [#reached].
    public static final int MOST_REACHED = 16;

    private static final int V4_NETWORK_BITS = 24;
    private static final int V6_NETWORK_BITS = 48;

    public LiveSession {
        ingresses = List.copyOf(ingresses);
        reached = Set.copyOf(reached);
        if (number < 1) {
            throw new IllegalArgumentException("session number " + number + ": want 1 or more");
        }
        if (ingresses.isEmpty()) {
            throw new IllegalArgumentException("session " + number + " of " + subject + " came by no ingress");
        }
    }

    /// The same, having come in at other places.
    public LiveSession withReached(Set<Endpoint> places) {
        return new LiveSession(
                number,
                app,
                subject,
                ingresses,
                client,
                places,
                began,
                credentialExpiresAt,
                bytesToPeer,
                bytesToClient);
    }

    /// The network that a session's client is shown by: /24, for IPv6 /48.
    public static Cidr networkOf(IpAddress client) {
        return Cidr.around(client, client.isV4() ? V4_NETWORK_BITS : V6_NETWORK_BITS);
    }
}
