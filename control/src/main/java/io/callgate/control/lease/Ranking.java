package io.callgate.control.lease;

import io.callgate.control.allowlist.Allowlists;
import io.callgate.control.store.LivePlace;
import io.callgate.control.store.PoolAddress;
import io.callgate.model.Allowlist;
import io.callgate.model.Candidate;
import io.callgate.model.Endpoint;
import io.callgate.model.Region;
import io.callgate.model.Transport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Puts relays in order for one client: its region, its carrier, then load.
final class Ranking {
    private static final int MOST_PLACES = 8;
    private static final int DOORS_OF_A_KIND = 2;
    private static final int LOAD_STEP_PERCENT = 10;

    private static final Comparator<Placed> ORDER = Comparator.comparing(Placed::isElsewhere)
            .thenComparingInt(Placed::distance)
            .thenComparingInt(Placed::loadStep)
            .thenComparingInt(Placed::turn)
            .thenComparing(placed -> placed.place().address().id());

    private final LeaseTerms terms;
    private final List<String> carriers;
    private final Optional<Allowlist> firewall;

    /// @param carriers of the app, for clients that name none
    /// @param firewall what the client's firewall has opened; empty: it did not say
    Ranking(LeaseTerms terms, List<String> carriers, Optional<Allowlist> firewall) {
        this.firewall = firewall;
        this.terms = terms;
        this.carriers = terms.carrier().map(List::of).orElse(carriers);
    }

    /// The pool whose relays a lease names: one, since relays of another pool do not know the credential. The
    /// first that has the wanted region, else the first that has anything.
    Optional<String> pool(List<String> poolsInOrder, List<LivePlace> places) {
        Optional<String> inRegion = poolsInOrder.stream()
                .filter(pool -> places.stream()
                        .anyMatch(place -> place.address().pool().equals(pool)
                                && isWanted(place.address().region())))
                .findFirst();
        return inRegion.or(() -> poolsInOrder.stream()
                .filter(pool ->
                        places.stream().anyMatch(place -> place.address().pool().equals(pool)))
                .findFirst());
    }

    /// The best first: relays in order, and of each its transports as a client tries them.
    List<Candidate> candidates(List<LivePlace> places) {
        List<LivePlace> best = best(places.stream()
                .map(this::placed)
                .sorted(ORDER)
                .map(Placed::place)
                .toList());
        List<Candidate> candidates = new ArrayList<>();
        int left =
                best.stream().mapToInt(place -> wanted(place.address()).size()).sum();
        for (LivePlace place : best) {
            for (Transport transport : wanted(place.address())) {
                candidates.add(candidate(place, transport, left--));
            }
        }
        return candidates;
    }

    /// Doors of one relay that take the same transports.
    private record Kind(String relay, Set<Transport> transports) {}

    /// As many as a lease holds, in their order. Of a relay that listens on dozens of ports no kind takes all the
    /// room: there is none left over else for its other transports, nor for the next relay.
    private static List<LivePlace> best(List<LivePlace> inOrder) {
        Map<Kind, Integer> taken = new HashMap<>();
        List<LivePlace> first = new ArrayList<>();
        List<LivePlace> more = new ArrayList<>();
        for (LivePlace place : inOrder) {
            int ofItsKind = taken.merge(new Kind(place.relay(), place.address().transports()), 1, Integer::sum);
            (ofItsKind <= DOORS_OF_A_KIND ? first : more).add(place);
        }
        Set<LivePlace> best = new HashSet<>();
        Stream.concat(first.stream(), more.stream()).limit(MOST_PLACES).forEach(best::add);
        return inOrder.stream().filter(best::contains).toList();
    }

    /// Whether a client could use this address at all.
    boolean isUsable(LivePlace place) {
        boolean isOneAddress = place.address().cidr().prefixBits()
                == (place.address().cidr().network().isV4() ? 32 : 128);
        return isOneAddress && !wanted(place.address()).isEmpty();
    }

    private boolean isWanted(Region region) {
        return terms.region().map(region::equals).orElse(true);
    }

    /// A place with all that decides about its rank, found once.
    ///
    /// @param turn of relays with like load each is the first of some clients, and stays so when they renew
    private record Placed(LivePlace place, boolean isElsewhere, int distance, int loadStep, int turn) {}

    private Placed placed(LivePlace place) {
        return new Placed(
                place,
                !isWanted(place.address().region()),
                distance(place.address().carrier()),
                place.loadPercent() / LOAD_STEP_PERCENT,
                mixed((terms.uid().value() + "@" + place.relay()).hashCode()));
    }

    private int distance(Optional<String> carrier) {
        if (carrier.isEmpty()) {
            return 1; // as good for everybody
        }
        return carriers.contains(carrier.get()) ? 0 : 2;
    }

    private List<Transport> wanted(PoolAddress address) {
        return address.transports().stream()
                .filter(transport ->
                        terms.transports().isEmpty() || terms.transports().contains(transport))
                .filter(transport ->
                        firewall.isEmpty() || firewall.get().admits(endpoint(address), Allowlists.protocol(transport)))
                .sorted()
                .toList();
    }

    /// Every bit of the hash counts: MurmurHash3's last step.
    private static int mixed(int hash) {
        int mixed = (hash ^ hash >>> 16) * 0x85EB_CA6B;
        mixed = (mixed ^ mixed >>> 13) * 0xC2B2_AE35;
        return mixed ^ mixed >>> 16;
    }

    private static Endpoint endpoint(PoolAddress address) {
        return new Endpoint(address.cidr().network(), address.ports().first());
    }

    private static Candidate candidate(LivePlace place, Transport transport, int priority) {
        PoolAddress address = place.address();
        boolean isTls = transport != Transport.UDP && transport != Transport.TCP;
        return new Candidate(
                place.relay(),
                address.region(),
                endpoint(address),
                transport,
                priority,
                isTls ? address.serverName() : Optional.empty(),
                isTls ? address.spki() : Optional.empty());
    }
}
