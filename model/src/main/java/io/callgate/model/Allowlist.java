package io.callgate.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a firewall must open so that clients reach the relays, or relays their destinations.
///
/// @param app whose clients they are; empty for a relay that stands alone
/// @param version rises when the entries change, and never else
/// @param side whose firewall
public record Allowlist(Optional<AppId> app, long version, Instant issuedAt, Side side, List<AllowlistEntry> entries) {
    /// A client's firewall lets out to relays; a relay's lets clients and peers in, and the relay out.
    public enum Side {
        CLIENT,
        RELAY;

        public String lowerCase() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What an administrator has to do to come from one version to another.
    ///
    /// @param added to be opened
    /// @param removed may be closed
    public record Changes(long from, long to, List<AllowlistEntry> added, List<AllowlistEntry> removed) {
        public Changes {
            added = List.copyOf(added);
            removed = List.copyOf(removed);
        }
    }

    public Allowlist {
        entries = List.copyOf(entries);
    }

    public Changes changesSince(Allowlist older) {
        return new Changes(older.version, version, without(entries, older.entries), without(older.entries, entries));
    }

    /// Whether a firewall that has opened this list lets a client through to there.
    public boolean admits(Endpoint endpoint, Protocol protocol) {
        return entries.stream().anyMatch(entry -> entry.admits(endpoint, protocol));
    }

    /// For the first line of a document that a person reads.
    String title() {
        return "Callgate allowlist" + app.map(id -> " of app " + id).orElse("") + " version " + version + ", side "
                + side.lowerCase() + ", issued " + issuedAt;
    }

    List<AllowlistEntry> in(AllowlistEntry.Direction direction) {
        return entries.stream().filter(entry -> entry.direction() == direction).collect(Collectors.toList());
    }

    private static List<AllowlistEntry> without(List<AllowlistEntry> entries, List<AllowlistEntry> others) {
        List<AllowlistEntry> left = new ArrayList<>(entries);
        left.removeAll(others);
        return left;
    }
}
