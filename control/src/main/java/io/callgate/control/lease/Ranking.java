package io.callgate.control.lease;

import io.callgate.control.allowlist.Allowlists;
import io.callgate.control.store.PoolAddress;
import io.callgate.model.Allowlist;
import io.callgate.model.Candidate;
import io.callgate.model.Region;
import io.callgate.model.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.Stream;

/// Puts relays in order for one client: its region, its carrier, then load.
final class Ranking {
    private static final int MOST_PLACES = 8;
    private static final int DOORS_OF_A_KIND = 2;
    private static final int LOAD_STEP_PERCENT = 10;
    private static final int LOAD_STEPS = 11;
    private static final int CARRIERS = 3;

    private final LeaseTerms terms;
    private final List<String> carriers;
    private final Optional<Allowlist> firewall;
    private final int uidHash;

    /// @param carriers of the app, for clients that name none
    /// @param firewall what the client's firewall has opened; empty: it did not say
    Ranking(LeaseTerms terms, List<String> carriers, Optional<Allowlist> firewall) {
        this.firewall = firewall;
        this.terms = terms;
        this.carriers = terms.carrier().map(List::of).orElse(carriers);
        this.uidHash = (terms.uid().value() + "@").hashCode();
    }

    /// The pool whose relays a lease names: one, since relays of another pool do not know the credential. The
    /// first that has the wanted region, else the first that has anything; empty if no client could use any.
    Optional<String> pool(List<String> poolsInOrder, List<Door> doors) {
        Optional<String> inRegion = poolsInOrder.stream()
                .filter(pool -> doors.stream()
                        .anyMatch(door ->
                                leadsTo(pool, door) && isWanted(door.address().region())))
                .findFirst();
        return inRegion.or(() -> poolsInOrder.stream()
                .filter(pool -> doors.stream().anyMatch(door -> leadsTo(pool, door)))
                .findFirst());
    }

    /// The best first: relays in order, and of each its transports as a client tries them.
    List<Candidate> candidates(String pool, List<Door> doors) {
        List<Placed> placed = new ArrayList<>(doors.size());
        for (Door door : doors) {
            if (door.address().pool().equals(pool)) {
                placed.add(new Placed(door, rank(door)));
            }
        }
        List<Door> best = best(new PriorityQueue<>(placed));
        List<Candidate> candidates = new ArrayList<>();
        int left = best.stream().mapToInt(door -> wanted(door).size()).sum();
        for (Door door : best) {
            for (Transport transport : wanted(door)) {
                candidates.add(candidate(door, transport, left--));
            }
        }
        return candidates;
    }

    /// Doors of one relay that take the same transports.
    private record Kind(String relay, Set<Transport> transports) {}

    /// As many as a lease holds, in their order. Of a relay that listens on dozens of ports no kind takes all the
    /// room: there is none left over else for its other transports, nor for the next relay.
    private List<Door> best(PriorityQueue<Placed> inOrder) {
        Map<Kind, Integer> taken = new HashMap<>();
        List<Placed> first = new ArrayList<>();
        List<Placed> more = new ArrayList<>();
        while (first.size() < MOST_PLACES && !inOrder.isEmpty()) {
            Placed next = inOrder.remove();
            if (isUsable(next.door)) {
                Kind kind =
                        new Kind(next.door.place().relay(), next.door.address().transports());
                (taken.merge(kind, 1, Integer::sum) <= DOORS_OF_A_KIND ? first : more).add(next);
            }
        }
        return Stream.concat(first.stream(), more.stream())
                .limit(MOST_PLACES)
                .sorted()
                .map(Placed::door)
                .toList();
    }

    private boolean leadsTo(String pool, Door door) {
        return door.address().pool().equals(pool) && isUsable(door);
    }

    /// Whether the client could use this one at all.
    private boolean isUsable(Door door) {
        return !wanted(door).isEmpty();
    }

    private boolean isWanted(Region region) {
        return terms.region().isEmpty() || region.isWithin(terms.region().get());
    }

    /// A door with its rank, found once: the lower the sooner.
    private record Placed(Door door, long rank) implements Comparable<Placed> {
        @Override
        public int compareTo(Placed other) {
            int byRank = Long.compare(rank, other.rank);
            return byRank != 0
                    ? byRank
                    : door.address().id().compareTo(other.door.address().id());
        }
    }

    /// By region, then carrier, then load; of relays with like load each is the first of some clients, and stays
    /// so when they renew.
    private long rank(Door door) {
        int elsewhere = isWanted(door.address().region()) ? 0 : 1;
        int loadStep = door.place().loadPercent() / LOAD_STEP_PERCENT;
        int group = (elsewhere * CARRIERS + distance(door.address().carrier())) * LOAD_STEPS + loadStep;
        return (long) group << Integer.SIZE | Integer.toUnsignedLong(mixed(door.hashBehind(uidHash)));
    }

    private int distance(Optional<String> carrier) {
        if (carrier.isEmpty()) {
            return 1; // as good for everybody
        }
        return carriers.contains(carrier.get()) ? 0 : 2;
    }

    private List<Transport> wanted(Door door) {
        if (terms.transports().isEmpty() && firewall.isEmpty()) {
            return door.transports();
        }
        return door.transports().stream()
                .filter(transport ->
                        terms.transports().isEmpty() || terms.transports().contains(transport))
                .filter(transport ->
                        firewall.isEmpty() || firewall.get().admits(door.endpoint(), Allowlists.protocol(transport)))
                .toList();
    }

    /// Every bit of the hash counts: MurmurHash3's last step.
    private static int mixed(int hash) {
        int mixed = (hash ^ hash >>> 16) * 0x85EB_CA6B;
        mixed = (mixed ^ mixed >>> 13) * 0xC2B2_AE35;
        return mixed ^ mixed >>> 16;
    }

    private static Candidate candidate(Door door, Transport transport, int priority) {
        PoolAddress address = door.address();
        boolean isTls = transport != Transport.UDP && transport != Transport.TCP;
        return new Candidate(
                door.place().relay(),
                address.region(),
                door.endpoint(),
                transport,
                priority,
                isTls ? address.serverName() : Optional.empty(),
                isTls ? address.spki() : Optional.empty());
    }
}
