package io.callgate.relay.turn;

import io.callgate.model.IpAddress;
import io.callgate.model.PortRange;
import io.callgate.model.RelayAddress;
import io.callgate.relay.grant.LiveAllocations;
import io.callgate.relay.grant.LiveApp;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The relayed transport addresses of this relay: which ports of which addresses are taken, and by whom. Shared
/// by all loops: a port is taken by one compare-and-set. Ports come at random from a secure source, so that nobody
/// guesses the next one (CVE-2025-69217).
public final class RelayPorts implements LiveAllocations {
    private static final int ALL_PORTS = 65_536;

    private final RandomStarts starts = new RandomStarts();
    private volatile List<Holdings> all = List.of();
    private volatile PortRange range = new PortRange(1, 1);

    /// Numbers of a secure source, drawn many at a time: drawing one costs a system call and some hashes.
    private static final class RandomStarts {
        private final SecureRandom random = new SecureRandom();
        private final int[] drawn = new int[64];
        private int left;

        /// @param bound 1..65,536: so every number is as likely as the others, but for one part in 65,536
        synchronized int below(int bound) {
            if (left == 0) {
                Arrays.setAll(drawn, i -> random.nextInt());
                left = drawn.length;
            }
            return (int) ((Integer.toUnsignedLong(drawn[--left]) * bound) >>> Integer.SIZE);
        }
    }

    /// Who has a port, and whether only as a reservation (RFC 8656 §7.2, EVEN-PORT with R).
    private record Holder(LiveApp app, boolean reservedOnly) {}

    /// The ports of one relay address.
    static final class Holdings {
        private final RelayAddress address;
        private final AtomicReferenceArray<@Nullable Holder> byPort = new AtomicReferenceArray<>(ALL_PORTS);
        private final Map<LiveApp, Integer> liveByApp = new ConcurrentHashMap<>();
        private final AtomicInteger taken = new AtomicInteger();
        private volatile boolean offered = true;

        Holdings(RelayAddress address) {
            this.address = address;
        }

        RelayAddress address() {
            return address;
        }

        private boolean take(int port, Holder holder) {
            if (!byPort.compareAndSet(port, null, holder)) {
                return false;
            }
            taken.incrementAndGet();
            if (!holder.reservedOnly) {
                countLive(holder.app, 1);
            }
            return true;
        }

        private void countLive(LiveApp app, int change) {
            // Nothing is kept of an app without ports: runs of the check page come and go.
            liveByApp.merge(app, change, (before, more) -> before + more == 0 ? null : before + more);
        }
    }

    /// One port taken; given back by [RelayPorts#release].
    record Taken(Holdings holdings, int port) {
        RelayAddress address() {
            return holdings.address();
        }
    }

    /// Offers other addresses or ports from now on. What is taken stays taken until it is released.
    public void offer(List<RelayAddress> addresses, PortRange ports) {
        List<Holdings> next = new ArrayList<>();
        for (RelayAddress address : addresses) {
            next.add(find(address).orElseGet(() -> new Holdings(address)));
        }
        for (Holdings holdings : all) {
            if (!next.contains(holdings) && holdings.taken.get() > 0) {
                next.add(holdings);
            }
        }
        for (Holdings holdings : next) {
            holdings.offered = addresses.contains(holdings.address);
        }
        range = ports;
        all = List.copyOf(next);
    }

    /// The address on which a client of this listener gets its relayed address: the listener's own if it is
    /// offered, else one as near to the client (on the same host or not), else any of the family; of those alike
    /// the one with the most free ports.
    Optional<Holdings> choose(boolean ipv6, IpAddress listener) {
        Holdings best = null;
        int bestRank = 0;
        for (Holdings holdings : all) {
            IpAddress bind = holdings.address.bind();
            if (!holdings.offered || bind.isV4() == ipv6) {
                continue;
            }
            int rank = bind.equals(listener)
                    ? 3
                    : bind.toInetAddress().isLoopbackAddress()
                                    == listener.toInetAddress().isLoopbackAddress()
                            ? 2
                            : 1;
            boolean isFuller = best == null || holdings.taken.get() >= best.taken.get();
            if (rank > bestRank || (rank == bestRank && !isFuller)) {
                best = holdings;
                bestRank = rank;
            }
        }
        return Optional.ofNullable(best);
    }

    /// Takes a free port at random.
    Optional<Taken> take(Holdings holdings, LiveApp app) {
        PortRange ports = range;
        Holder holder = new Holder(app, false);
        int start = starts.below(ports.size());
        for (int i = 0; i < ports.size(); i++) {
            int port = ports.first() + (start + i) % ports.size();
            if (holdings.take(port, holder)) {
                return stillOffered(new Taken(holdings, port));
            }
        }
        return Optional.empty();
    }

    /// Takes a free even port at random and, with `reserveNext`, keeps the odd one above it for [#redeem].
    Optional<Taken> takeEven(Holdings holdings, LiveApp app, boolean reserveNext) {
        PortRange ports = range;
        int firstEven = ports.first() + (ports.first() & 1);
        int pairs = (ports.last() - firstEven + (reserveNext ? 1 : 2)) / 2;
        int start = pairs <= 0 ? 0 : starts.below(pairs);
        for (int i = 0; i < pairs; i++) {
            int port = firstEven + 2 * ((start + i) % pairs);
            if (!holdings.take(port, new Holder(app, false))) {
                continue;
            }
            if (!reserveNext || holdings.take(port + 1, new Holder(app, true))) {
                return stillOffered(new Taken(holdings, port));
            }
            release(new Taken(holdings, port));
        }
        return Optional.empty();
    }

    /// A reload may have dropped the address since it was chosen; nobody would find what is taken there now.
    private Optional<Taken> stillOffered(Taken taken) {
        if (all.contains(taken.holdings)) {
            return Optional.of(taken);
        }
        release(taken);
        return Optional.empty();
    }

    /// Turns the reservation that [#takeEven] made into a taken port.
    void redeem(Taken reserved) {
        Holder holder = reserved.holdings.byPort.get(reserved.port);
        if (holder == null || !holder.reservedOnly) {
            throw new IllegalStateException("port " + reserved.port + " is not reserved");
        }
        reserved.holdings.byPort.set(reserved.port, new Holder(holder.app, false));
        reserved.holdings.countLive(holder.app, 1);
    }

    void release(Taken taken) {
        Holder holder = taken.holdings.byPort.getAndSet(taken.port, null);
        if (holder == null) {
            throw new IllegalStateException("port " + taken.port + " is not taken");
        }
        taken.holdings.taken.decrementAndGet();
        if (!holder.reservedOnly) {
            taken.holdings.countLive(holder.app, -1);
        }
    }

    /// Ports taken or reserved now, over all addresses.
    public int takenPorts() {
        return all.stream().mapToInt(holdings -> holdings.taken.get()).sum();
    }

    /// Ports that allocations may get, over all addresses that are offered now.
    public int offeredPorts() {
        int addresses = 0;
        for (Holdings holdings : all) {
            addresses += holdings.offered ? 1 : 0;
        }
        return addresses * (range.last() - range.first() + 1);
    }

    /// How much of its ports the fullest address has given away, 0 to 1. Clients of one listener get ports of one
    /// address: what others have free is of no use to them.
    public double fullest() {
        double most = 0;
        for (Holdings holdings : all) {
            if (holdings.offered) {
                most = Math.max(most, holdings.taken.get() / (double) range.size());
            }
        }
        return Math.min(1, most); // the range may have shrunk below what is taken
    }

    @Override
    public @Nullable LiveApp holder(long high, long low, int port) {
        List<Holdings> known = all;
        for (int i = 0; i < known.size(); i++) { // by index: an iterator would be an object per packet
            Holdings holdings = known.get(i);
            if (is(holdings.address.bind(), high, low) || is(holdings.address.publicAddress(), high, low)) {
                Holder holder = holdings.byPort.get(port);
                if (holder != null && !holder.reservedOnly) {
                    return holder.app;
                }
            }
        }
        return null;
    }

    @Override
    public int heldBy(LiveApp app, long high, long low) {
        int count = 0;
        for (Holdings holdings : all) {
            if (is(holdings.address.bind(), high, low) || is(holdings.address.publicAddress(), high, low)) {
                count += holdings.liveByApp.getOrDefault(app, 0);
            }
        }
        return count;
    }

    /// The address to dial for a public address of this relay; null for all others. Behind 1:1 NAT a packet to
    /// the own public address would leave the host and often not come back. Per packet.
    @Nullable
    IpAddress bindOf(long publicHigh, long publicLow) {
        List<Holdings> known = all;
        for (int i = 0; i < known.size(); i++) {
            RelayAddress address = known.get(i).address;
            if (is(address.publicAddress(), publicHigh, publicLow)) {
                return address.bind();
            }
        }
        return null;
    }

    /// The address by which clients know a bound address of this relay; null for all others. Per packet.
    @Nullable
    IpAddress publicOf(long bindHigh, long bindLow) {
        List<Holdings> known = all;
        for (int i = 0; i < known.size(); i++) {
            RelayAddress address = known.get(i).address;
            if (is(address.bind(), bindHigh, bindLow)) {
                return address.publicAddress();
            }
        }
        return null;
    }

    private Optional<Holdings> find(RelayAddress address) {
        return all.stream().filter(it -> it.address.equals(address)).findFirst();
    }

    private static boolean is(IpAddress address, long high, long low) {
        return address.low() == low && address.high() == high;
    }
}
