package io.callgate.control.store;

import io.callgate.model.Cidr;
import io.callgate.model.Endpoint;
import io.callgate.model.PortRange;
import io.callgate.model.Region;
import io.callgate.model.Transport;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// What firewalls open to reach a pool, and which relay stands there, if one does.
///
/// @param serverName what the relay's certificate is for
/// @param spki base64 of the SHA-256 of the certificate's public key
/// @param validFrom when leases begin to use it
public record PoolAddress(
        UUID id,
        String pool,
        Optional<UUID> relay,
        Cidr cidr,
        PortRange ports,
        Set<Transport> transports,
        Region region,
        Optional<String> carrier,
        Optional<String> domain,
        Optional<String> serverName,
        Optional<String> spki,
        String purpose,
        Instant validFrom,
        Optional<Instant> validUntil) {
    /// The purpose of what a relay has published by itself: the allowlist says more for each protocol.
    public static final String RELAYS_OWN = "relay";

    public PoolAddress {
        transports = Set.copyOf(transports);
        if (validUntil.isPresent() && !validUntil.get().isAfter(validFrom)) {
            throw new IllegalArgumentException("an address that ends before it begins is never used");
        }
    }

    /// The same for somebody who may not use it before; empty if it ends until then.
    Optional<PoolAddress> notBefore(Instant earliest) {
        if (!validFrom.isBefore(earliest)) {
            return Optional.of(this);
        }
        return isOver(earliest)
                ? Optional.empty()
                : Optional.of(new PoolAddress(
                        id,
                        pool,
                        relay,
                        cidr,
                        ports,
                        transports,
                        region,
                        carrier,
                        domain,
                        serverName,
                        spki,
                        purpose,
                        earliest,
                        validUntil));
    }

    /// Whether it has ended by then.
    public boolean isOver(Instant when) {
        return validUntil.filter(end -> !end.isAfter(when)).isPresent();
    }

    /// Whether a client that came there came to this address, by whichever transport.
    public boolean covers(Endpoint place) {
        return cidr.contains(place.address()) && ports.contains(place.port());
    }
}
