package io.callgate.model;

import java.time.Instant;
import java.util.Optional;

/// One line of an [Allowlist]: an address with ports that a firewall must let through, and why.
///
/// @param direction as seen from the firewall's own network
/// @param domain the name that stands for the address; alone where the address is found by DNS
/// @param validFrom when clients begin to use it: what is announced may be opened before
/// @param validUntil empty while no end is known
public record AllowlistEntry(
        Direction direction,
        Optional<String> domain,
        Optional<Cidr> address,
        PortRange ports,
        Protocol protocol,
        String purpose,
        Optional<Region> region,
        Instant validFrom,
        Optional<Instant> validUntil) {
    /// Which way connections are opened; answers come back by themselves.
    public enum Direction {
        OUTBOUND("out"),
        INBOUND("in");

        private final String word;

        Direction(String word) {
            this.word = word;
        }

        /// As tables and JSON have it.
        public String word() {
            return word;
        }

        /// @throws IllegalArgumentException unless it is `out` or `in`
        static Direction parse(String word) {
            for (Direction direction : values()) {
                if (direction.word.equals(word)) {
                    return direction;
                }
            }
            throw new IllegalArgumentException("direction \"" + word + "\": want out or in");
        }
    }

    public AllowlistEntry {
        if (domain.isEmpty() && address.isEmpty()) {
            throw new IllegalArgumentException("an allowlist entry needs a domain or an address");
        }
        domain = domain.map(name -> new HostName(name).value());
        // Whole lines of firewall rules are made of these: nothing may break out of its comment.
        if (!PlainText.isPlain(purpose) || purpose.chars().anyMatch(c -> c == '"' || c == '\\')) {
            throw new IllegalArgumentException(
                    "purpose \"" + purpose + "\": no control characters, quotes, backslashes");
        }
    }

    /// What a relay's own port is for.
    public static String relayPurpose(Protocol protocol) {
        return protocol == Protocol.UDP
                ? "relay: TURN, audio and video"
                : "relay: TURN, SOCKS5, HTTP CONNECT; signalling and fallback";
    }

    /// The address as people write it: one address without its prefix length, else the network, else the domain.
    public String target() {
        return address.map(cidr -> isOneAddress() ? cidr.network().toString() : cidr.toString())
                .or(() -> domain)
                .orElseThrow();
    }

    /// Whether a firewall that has this entry lets a client through to there.
    public boolean admits(Endpoint endpoint, Protocol wanted) {
        return protocol == wanted
                && ports.contains(endpoint.port())
                && address.filter(cidr -> cidr.contains(endpoint.address())).isPresent();
    }

    /// The same entry, valid from another moment.
    public AllowlistEntry from(Instant moment) {
        return new AllowlistEntry(direction, domain, address, ports, protocol, purpose, region, moment, validUntil);
    }

    boolean isV4() {
        return address.filter(cidr -> cidr.network().isV4()).isPresent();
    }

    boolean isV6() {
        return address.filter(cidr -> !cidr.network().isV4()).isPresent();
    }

    boolean isOneAddress() {
        return address.filter(cidr -> cidr.prefixBits() == (cidr.network().isV4() ? 32 : 128))
                .isPresent();
    }
}
