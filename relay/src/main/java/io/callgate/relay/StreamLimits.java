package io.callgate.relay;

import java.time.Duration;

/// What strangers may cost on TCP.
///
/// @param unprovenPerLoop connections of one loop whose client has not proved itself
/// @param unprovenPerPrefix the same from one IPv4 /24 or IPv6 /64; a whole company may stand behind it
/// @param firstBytes how long a connection may take to show its protocol
/// @param proof how long a client may take to prove itself, the first bytes included
record StreamLimits(int unprovenPerLoop, int unprovenPerPrefix, Duration firstBytes, Duration proof) {
    static final StreamLimits DEFAULT = new StreamLimits(4096, 512, Duration.ofSeconds(5), Duration.ofSeconds(10));

    StreamLimits {
        if (unprovenPerLoop < 1 || unprovenPerPrefix < 1) {
            throw new IllegalArgumentException("unproven connections " + unprovenPerLoop + " a loop, "
                    + unprovenPerPrefix + " a prefix: want 1 or more");
        }
        if (!firstBytes.isPositive() || !proof.isPositive()) {
            throw new IllegalArgumentException("deadlines " + firstBytes + " and " + proof + ": want more than zero");
        }
    }
}
