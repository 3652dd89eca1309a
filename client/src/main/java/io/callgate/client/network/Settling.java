package io.callgate.client.network;

import java.util.Optional;

/// Tells changes that last from what a machine goes through between two networks: an address goes, none is there,
/// another comes, a second one follows.
///
/// Not safe for several threads: the one that looks has it.
final class Settling {
    private final long lastsNanos;
    private Network settled;
    private Network seen;
    private long seenSinceNanos;

    /// @param lastsNanos how long a network must stay the same to count
    Settling(Network first, long lastsNanos) {
        this.settled = first;
        this.seen = first;
        this.lastsNanos = lastsNanos;
    }

    /// @return the network that it has become, once for each change
    Optional<Network> look(Network now, long nowNanos) {
        if (!now.equals(seen)) {
            seen = now;
            seenSinceNanos = nowNanos;
        }
        if (isSettled() || nowNanos - seenSinceNanos < lastsNanos) {
            return Optional.empty();
        }
        settled = seen;
        return Optional.of(settled);
    }

    /// Whether the last look showed nothing new.
    boolean isSettled() {
        return seen.equals(settled);
    }
}
