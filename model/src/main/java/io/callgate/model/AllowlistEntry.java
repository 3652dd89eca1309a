package io.callgate.model;

import java.time.Instant;
import java.util.Optional;

/// One line of an [Allowlist]: an address with ports that a firewall must let through, and why.
///
/// @param direction as seen from the firewall's own network
/// @param domain the name that stands for the address; alone where the address is found by DNS
/// @param validUntil empty while no end is known
public record AllowlistEntry(
        Direction direction,
        Optional<String> domain,
        Optional<Cidr> address,
        PortRange ports,
        Protocol protocol,
        String purpose,
        Optional<String> region,
        Instant validFrom,
        Optional<Instant> validUntil) {
    /// Which way connections are opened; answers come back by themselves.
    public enum Direction {
        OUTBOUND,
        INBOUND
    }

    public AllowlistEntry {
        if (domain.isEmpty() && address.isEmpty()) {
            throw new IllegalArgumentException("an allowlist entry needs a domain or an address");
        }
        // Whole lines of firewall rules are made of these: nothing may break out of its comment.
        if (purpose.chars().anyMatch(c -> c < ' ' || c == '"' || c == '\\')) {
            throw new IllegalArgumentException(
                    "purpose \"" + purpose + "\": no control characters, quotes, backslashes");
        }
    }

    /// The address as people write it: one address without its prefix length, else the network, else the domain.
    public String target() {
        return address.map(cidr -> cidr.prefixBits() == (cidr.network().isV4() ? 32 : 128)
                        ? cidr.network().toString()
                        : cidr.toString())
                .or(() -> domain)
                .orElseThrow();
    }
}
