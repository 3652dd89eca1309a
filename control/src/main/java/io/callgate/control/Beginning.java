package io.callgate.control;

import io.callgate.control.store.App;
import io.callgate.control.store.AppSettings;
import io.callgate.control.store.AppStatus;
import io.callgate.control.store.BearerToken;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.JoinToken;
import io.callgate.control.store.Pool;
import io.callgate.control.store.PoolAddress;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.SecretTable;
import io.callgate.control.store.Transaction;
import io.callgate.model.AppId;
import io.callgate.model.DestinationRule;
import io.callgate.model.Region;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a new installation starts with: one pool and, where relay and control are one process, one app in it.
final class Beginning {
    static final String POOL = "main";

    /// Of a process that is relay and control: the others of its fleet came later.
    private static final int MOST_RELAYS = 100;

    private final Transaction transaction;

    Beginning(Transaction transaction) {
        this.transaction = transaction;
    }

    /// Pool [#POOL], unless there is a pool.
    void ensurePool() {
        if (transaction.pools().page("", 1).isEmpty()) {
            transaction.pools().create(POOL, Pool.Kind.PRODUCTION, Optional.empty());
            transaction.audit().add("pool.create", POOL);
        }
    }

    /// The app, ACTIVE in pool [#POOL] and with a token secret, unless there is an app.
    void ensureApp(AppId id, String contact) {
        if (!transaction.apps().page("", 1).isEmpty()
                || transaction.pools().find(POOL).isEmpty()) {
            return;
        }
        AppSettings settings = AppSettings.of(contact).withPools(List.of(POOL));
        App app = replace(transaction.apps().create(id, settings).withStatus(AppStatus.ACTIVE));
        transaction.secrets().ensureInPool(app.id(), POOL);
        transaction.secrets().add(app.id(), SecretTable.Kind.TOKEN);
        transaction.counters().raise(Counter.STATE);
        transaction.audit().add("app.create", id.value());
        transaction.audit().add("app.activate", id.value());
    }

    /// Adds what the app's clients may not reach yet. Special ranges too: what opens them is the relay's own
    /// start.
    ///
    /// @return whether there is such an app
    boolean allow(AppId id, List<DestinationRule> rules) {
        Optional<App> found = transaction.apps().find(id);
        if (found.isEmpty()) {
            return false;
        }
        App app = found.get();
        List<DestinationRule> destinations = new ArrayList<>(app.settings().destinations());
        rules.stream().filter(rule -> !destinations.contains(rule)).forEach(destinations::add);
        if (destinations.size() > app.settings().destinations().size()) {
            App changed = replace(app.withSettings(app.settings().withDestinations(destinations)));
            transaction.counters().raise(Counter.STATE);
            transaction.audit().add("app.change", changed.id().value(), "allow " + rules);
        }
        return true;
    }

    /// Lets the relay of this very process in. It publishes its addresses anew, and at once, for it is the only
    /// one in its pool: those that it published before are forgotten.
    ///
    /// @param isKnown whether it has a key of its own from before
    /// @return a join token for it; empty if pool [#POOL] is gone
    Optional<BearerToken> admit(String relay, Region region, boolean isKnown, Duration bound) {
        if (transaction.pools().find(POOL).isEmpty()) {
            return Optional.empty();
        }
        find(relay).ifPresent(before -> {
            transaction.pools().addressesOf(before.id()).stream()
                    .filter(address -> address.purpose().equals(PoolAddress.RELAYS_OWN))
                    .forEach(address -> transaction.pools().removeAddress(address.pool(), address.id()));
            if (!isKnown) {
                transaction.relays().remove(before.id());
            }
        });
        return Optional.of(transaction.relays().createJoinToken(new JoinToken(POOL, region, Optional.empty()), bound));
    }

    Optional<RelayNode> find(String relay) {
        return transaction.relays().page(Optional.empty(), MOST_RELAYS).stream()
                .filter(node -> node.name().equals(relay))
                .findFirst();
    }

    private App replace(App app) {
        return transaction.apps().replace(app).orElseThrow(); // nobody else is in this transaction
    }
}
