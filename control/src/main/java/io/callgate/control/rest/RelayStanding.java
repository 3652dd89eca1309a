package io.callgate.control.rest;

import io.callgate.control.allowlist.Notice;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.PoolAddress;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.Transaction;
import io.callgate.model.Cidr;
import io.callgate.model.PortRange;
import io.callgate.model.Region;
import io.callgate.model.RelayEndpoint;
import io.callgate.model.Transport;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Where a relay stands among the addresses of its pool: at those that were published for it, and at its own where
/// none was.
final class RelayStanding {
    private final Transaction transaction;
    private final UUID relay;
    private final String pool;
    private final Region region;
    private final Optional<String> carrier;
    private final Instant validFrom;

    /// The addresses where it stands by what it has told.
    private final Set<UUID> taken = new HashSet<>();

    private boolean published;

    RelayStanding(Transaction transaction, UUID relay, String pool, Region region, Optional<String> carrier) {
        this.transaction = transaction;
        this.relay = relay;
        this.pool = pool;
        this.region = region;
        this.carrier = carrier;
        this.validFrom = Notice.earliestOfRelay(
                transaction, transaction.pools().find(pool).orElseThrow());
    }

    /// A relay has told anew where clients reach it: its certificate, address or port is another.
    ///
    /// @param endpoints empty: nothing has changed
    static void change(Transaction transaction, RelayNode relay, List<RelayEndpoint> endpoints) {
        if (endpoints.isEmpty()) {
            return;
        }
        RelayStanding standing =
                new RelayStanding(transaction, relay.id(), relay.pool(), relay.region(), relay.carrier());
        for (RelayEndpoint endpoint : endpoints) {
            if (standing.isFree(endpoint)) { // else two relays claim it, and the first stays
                standing.take(endpoint);
            }
        }
        for (PoolAddress address : transaction.pools().addressesOf(relay.id())) {
            if (!standing.taken.contains(address.id())) {
                transaction.pools().vacate(address.id());
            }
        }
        if (standing.published) {
            transaction.counters().raise(Counter.ALLOWLIST);
        }
    }

    /// When leases may name a relay for the first time; empty if they may now, or it stands nowhere.
    static Optional<Instant> leasesFrom(Transaction transaction, UUID relay) {
        return transaction.pools().addressesOf(relay).stream()
                .filter(address -> !address.isOver(transaction.now()))
                .map(PoolAddress::validFrom)
                .min(Comparator.naturalOrder())
                .filter(transaction.now()::isBefore);
    }

    /// Whether no other relay stands there.
    boolean isFree(RelayEndpoint endpoint) {
        return publishedAt(endpoint).stream()
                .allMatch(address -> address.relay().isEmpty()
                        || address.relay().get().equals(relay)
                        || !endpoint.transports().containsAll(address.transports()));
    }

    void take(RelayEndpoint endpoint) {
        Set<Transport> left = new HashSet<>(endpoint.transports());
        for (PoolAddress address : publishedAt(endpoint)) {
            if (left.containsAll(address.transports())) {
                transaction.pools().occupy(address.id(), relay, endpoint.serverName(), endpoint.spki());
                taken.add(address.id());
                left.removeAll(address.transports());
            }
        }
        if (!left.isEmpty()) {
            PoolAddress added = transaction
                    .pools()
                    .addAddress(new PoolAddress(
                            relay,
                            pool,
                            Optional.of(relay),
                            Cidr.of(endpoint.address()),
                            PortRange.of(endpoint.port()),
                            left,
                            region,
                            carrier,
                            Optional.empty(),
                            endpoint.serverName(),
                            endpoint.spki(),
                            PoolAddress.RELAYS_OWN,
                            validFrom,
                            Optional.empty()));
            taken.add(added.id());
            published = true;
        }
    }

    private List<PoolAddress> publishedAt(RelayEndpoint endpoint) {
        return transaction.pools().addressesAt(pool, Cidr.of(endpoint.address()), endpoint.port());
    }
}
