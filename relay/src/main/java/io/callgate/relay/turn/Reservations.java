package io.callgate.relay.turn;

import io.callgate.relay.grant.Identity;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/// Ports kept for the second Allocate of a pair (RFC 8656 §7.2, RESERVATION-TOKEN). Shared by all loops, since the
/// second Allocate comes from another five-tuple; locked, asked once an Allocate.
final class Reservations {
    private static final long LIFETIME_NANOS = 30_000_000_000L; // RFC 8656 §7.2: at least 30 seconds

    private final RelayPorts ports;
    private final SecureRandom random = new SecureRandom();
    private final Map<Long, Reservation> byToken = new HashMap<>();

    private record Reservation(RelayPorts.Taken port, Identity owner, long expiresAtNanos) {}

    Reservations(RelayPorts ports) {
        this.ports = ports;
    }

    /// How many ports are kept for a user: what it may have is bounded by who asks.
    synchronized int keptFor(Identity owner, long nowNanos) {
        releaseExpired(nowNanos);
        return (int) byToken.values().stream()
                .filter(reservation -> isSameUser(reservation.owner, owner))
                .count();
    }

    /// @return the token, 8 random bytes
    synchronized long keep(RelayPorts.Taken port, Identity owner, long nowNanos) {
        long token = random.nextLong();
        byToken.put(token, new Reservation(port, owner, nowNanos + LIFETIME_NANOS));
        return token;
    }

    /// Gives the port to the user for whom it was kept; to others the token means nothing.
    synchronized Optional<RelayPorts.Taken> redeem(long token, Identity owner, long nowNanos) {
        releaseExpired(nowNanos);
        Reservation reservation = byToken.get(token);
        if (reservation == null || !isSameUser(reservation.owner, owner)) {
            return Optional.empty();
        }
        byToken.remove(token);
        ports.redeem(reservation.port);
        return Optional.of(reservation.port);
    }

    synchronized void releaseExpired(long nowNanos) {
        for (Iterator<Reservation> each = byToken.values().iterator(); each.hasNext(); ) {
            Reservation reservation = each.next();
            if (nowNanos - reservation.expiresAtNanos >= 0) {
                each.remove();
                ports.release(reservation.port);
            }
        }
    }

    private static boolean isSameUser(Identity one, Identity other) {
        return one.app() == other.app() && one.subject().equals(other.subject());
    }
}
