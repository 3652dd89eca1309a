package io.callgate.model;

import java.util.Optional;
import java.util.Set;

/// Where clients reach a relay, as the world sees it.
///
/// @param serverName what TLS clients ask for
/// @param spki base64 of the SHA-256 of the certificate's public key
public record RelayEndpoint(
        IpAddress address, int port, Set<Transport> transports, Optional<String> serverName, Optional<String> spki) {
    public RelayEndpoint {
        if (address.isWildcard()) {
            throw new IllegalArgumentException(
                    "endpoint " + address + ": want the address that clients reach it at, not a wildcard");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + ": want 1 to 65535");
        }
        if (transports.isEmpty()) {
            throw new IllegalArgumentException("endpoint " + address.bracketed() + ":" + port + " has no transport");
        }
        transports = Set.copyOf(transports);
    }
}
