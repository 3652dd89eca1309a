package io.callgate.model;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// What a firewall must open so that clients reach the relays, or relays their destinations.
///
/// @param version rises with every change
/// @param side whose firewall
public record Allowlist(long version, Instant issuedAt, Side side, List<AllowlistEntry> entries) {
    /// A client's firewall lets out to relays; a relay's lets clients and peers in, and the relay out.
    public enum Side {
        CLIENT,
        RELAY;

        public String lowerCase() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Allowlist {
        entries = List.copyOf(entries);
    }
}
