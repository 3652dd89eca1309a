package io.callgate.control.allowlist;

import io.callgate.control.store.AllowlistTable;
import io.callgate.control.store.App;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.PoolAddress;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistEntry;
import io.callgate.model.AppId;
import io.callgate.model.Protocol;
import io.callgate.model.SignedAllowlist;
import io.callgate.model.Transport;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The allowlist of each app, in versions (decision 0054).
///
/// A version is made when somebody asks and the entries are others than in the newest one; what was never asked
/// for never was. What does not change the entries, such as destinations, makes none.
public final class Allowlists {
    private static final Instant NO_END = Instant.ofEpochMilli(Long.MAX_VALUE);

    private final Store store;

    public Allowlists(Store store) {
        this.store = store;
        keys(); // made here, not while the first list is read
    }

    /// What verifies them: to be told to administrators and built into apps.
    public SigningKeys keys() {
        return store.change("control", SigningKeys::of);
    }

    /// The newest; empty if there is no such app.
    public Optional<SignedAllowlist> current(AppId id) {
        return store.change(
                "control",
                transaction -> transaction
                        .apps()
                        .find(id)
                        .map(app -> SigningKeys.of(transaction)
                                .sign(find(transaction, app.id(), version(transaction, app)))));
    }

    /// An older one; empty if there was none with this number.
    public Optional<SignedAllowlist> version(AppId app, long version) {
        return store.read(transaction -> transaction
                .allowlists()
                .find(app, version)
                .map(list -> SigningKeys.of(transaction).sign(list)));
    }

    /// What is to be done in a firewall that has an older version; empty if there was none with this number.
    public Optional<Allowlist.Changes> changes(AppId id, long since) {
        return store.change("control", transaction -> {
            Optional<App> app = transaction.apps().find(id);
            Optional<Allowlist> older = transaction.allowlists().find(id, since);
            return app.isEmpty() || older.isEmpty()
                    ? Optional.empty()
                    : Optional.of(find(transaction, id, version(transaction, app.get()))
                            .changesSince(older.get()));
        });
    }

    /// Its versions without their entries, the newest first.
    ///
    /// @param before only older ones
    public List<AllowlistTable.Version> versions(AppId app, long before, int limit) {
        return store.read(transaction -> transaction.allowlists().page(app, before, limit));
    }

    /// The number of the newest version; empty if one has to be made first, or it has to be seen that it need not.
    ///
    /// @param standing of the app's list
    /// @param book the allowlist counter
    public static OptionalLong newest(Optional<AllowlistTable.Standing> standing, long book, App app, Instant now) {
        return standing.filter(
                        it -> it.book() == book && it.appRevision() == app.revision() && now.isBefore(it.until()))
                .map(it -> OptionalLong.of(it.version()))
                .orElseGet(OptionalLong::empty);
    }

    /// The number of the newest version, which is made if it has to be: so this is part of a change of the store.
    public static long version(Transaction transaction, App app) {
        OptionalLong known = newest(
                transaction.allowlists().standing(app.id()),
                transaction.counters().read(Counter.ALLOWLIST),
                app,
                transaction.now());
        return known.isPresent() ? known.getAsLong() : renewed(transaction, app);
    }

    private static long renewed(Transaction transaction, App app) {
        long book = transaction.counters().read(Counter.ALLOWLIST); // first: what changes now is seen the next time
        Optional<AllowlistTable.Standing> standing = transaction.allowlists().standing(app.id());
        long newest = standing.map(AllowlistTable.Standing::version).orElse(0L);
        List<AllowlistEntry> before =
                newest == 0 ? List.of() : find(transaction, app.id(), newest).entries();
        List<AllowlistEntry> entries = entries(transaction, app, before);
        if (newest == 0 || !entries.equals(before)) {
            newest++;
            transaction
                    .allowlists()
                    .add(new Allowlist(
                            Optional.of(app.id()), newest, transaction.now(), Allowlist.Side.CLIENT, entries));
        }
        Instant until = entries.stream()
                .flatMap(entry -> entry.validUntil().stream())
                .min(Instant::compareTo)
                .orElse(NO_END);
        transaction.allowlists().stand(app.id(), new AllowlistTable.Standing(newest, book, app.revision(), until));
        return newest;
    }

    private static Allowlist find(Transaction transaction, AppId app, long version) {
        return transaction.allowlists().find(app, version).orElseThrow();
    }

    private static List<AllowlistEntry> entries(Transaction transaction, App app, List<AllowlistEntry> before) {
        Set<AllowlistEntry> entries = new LinkedHashSet<>(); // two pools may share an address
        for (PoolAddress address : transaction.pools().addressesFor(app)) {
            if (!address.isOver(transaction.now()) && app.settings().regions().allows(address.region())) {
                for (Protocol protocol : protocols(address)) {
                    entries.add(sinceWhen(entry(address, protocol), before, transaction.now()));
                }
            }
        }
        return List.copyOf(entries);
    }

    private static AllowlistEntry entry(PoolAddress address, Protocol protocol) {
        return new AllowlistEntry(
                AllowlistEntry.Direction.OUTBOUND,
                address.domain(),
                Optional.of(address.cidr()),
                address.ports(),
                protocol,
                address.purpose().equals(PoolAddress.RELAYS_OWN)
                        ? AllowlistEntry.relayPurpose(protocol)
                        : address.purpose(),
                Optional.of(address.region()),
                address.validFrom(),
                address.validUntil());
    }

    /// What was valid already and still is, is so since then: a relay that comes back to its address changes
    /// nothing.
    private static AllowlistEntry sinceWhen(AllowlistEntry entry, List<AllowlistEntry> before, Instant now) {
        if (entry.validFrom().isAfter(now)) {
            return entry;
        }
        return before.stream()
                .filter(known -> !known.validFrom().isAfter(now)
                        && known.from(entry.validFrom()).equals(entry))
                .findFirst()
                .orElse(entry);
    }

    private static Set<Protocol> protocols(PoolAddress address) {
        return address.transports().stream().map(Allowlists::protocol).collect(Collectors.toCollection(TreeSet::new));
    }

    /// Which firewall rule a transport needs.
    public static Protocol protocol(Transport transport) {
        return switch (transport) {
            case UDP, QUIC -> Protocol.UDP;
            case TCP, TLS, HTTPS -> Protocol.TCP;
        };
    }
}
