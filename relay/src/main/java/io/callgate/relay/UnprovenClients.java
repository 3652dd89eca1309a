package io.callgate.relay;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.loop.RelayLoop;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The TCP connections of one loop whose clients have not proved themselves: how many, from where, and for how
/// long still. Confined to that loop.
final class UnprovenClients {
    private final RelayLoop loop;
    private final StreamLimits limits;
    private final Map<IpAddress, Integer> byPrefix = new HashMap<>();
    private int count;

    UnprovenClients(RelayLoop loop, StreamLimits limits) {
        this.loop = loop;
        this.limits = limits;
    }

    int count() {
        return count;
    }

    /// Takes a place for a new connection, if there is one.
    Optional<Place> admit(Channel client) {
        if (count >= limits.unprovenPerLoop()) {
            loop.drops().count(DropReason.TOO_MANY_UNPROVEN);
            return Optional.empty();
        }
        count++;
        return Optional.of(new Place(client));
    }

    /// A time limit without a place: for a client that holds a grant and has to prove itself once more.
    ///
    /// @return to be called when it has
    Runnable timeLimit(Channel client) {
        Future<?> deadline = schedule(() -> endLate(client));
        client.closeFuture().addListener(closed -> deadline.cancel(false));
        return () -> deadline.cancel(false);
    }

    private Future<?> schedule(Runnable onDeadline) {
        return loop.eventLoop().schedule(onDeadline, limits.proof().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void endLate(Channel client) {
        loop.drops().count(DropReason.HANDSHAKE_TIMEOUT);
        client.close();
    }

    /// One connection's place: given back when its client has proved itself, has left, or was too slow.
    final class Place {
        private final Channel client;
        private @Nullable IpAddress prefix;
        private @Nullable Future<?> deadline;
        private boolean isTaken = true;

        private Place(Channel client) {
            this.client = client;
        }

        /// Called once, when it is known where the client is.
        ///
        /// @return false if too many come from there
        boolean comesFrom(IpAddress address) {
            IpAddress from = address.neighbourhood();
            if (byPrefix.getOrDefault(from, 0) >= limits.unprovenPerPrefix()) {
                loop.drops().count(DropReason.TOO_MANY_UNPROVEN);
                return false;
            }
            byPrefix.merge(from, 1, Integer::sum);
            prefix = from;
            return true;
        }

        /// The connection is registered with its loop: from now on its time runs.
        void begin() {
            deadline = schedule(this::onDeadline);
            client.closeFuture().addListener(closed -> giveBack());
        }

        /// Idempotent.
        void giveBack() {
            if (!isTaken) {
                return;
            }
            isTaken = false;
            count--;
            if (prefix != null) {
                byPrefix.computeIfPresent(prefix, (same, taken) -> taken == 1 ? null : taken - 1);
            }
            if (deadline != null) {
                deadline.cancel(false);
            }
        }

        private void onDeadline() {
            if (isTaken) {
                endLate(client);
            }
        }
    }
}
