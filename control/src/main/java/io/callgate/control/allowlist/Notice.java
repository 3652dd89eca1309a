package io.callgate.control.allowlist;

import io.callgate.control.store.Pool;
import io.callgate.control.store.Transaction;
import io.callgate.model.AppId;
import java.time.Duration;
import java.time.Instant;

/// How long new addresses are announced: firewalls have to follow before leases use them (decision 0055).
public final class Notice {
    private Notice() {}

    /// From when an address that the operator publishes now may be used: at once in a trial pool, and in one that
    /// no client has been led to yet, for what is published then is its first list.
    public static Instant earliest(Transaction transaction, Pool pool) {
        return pool.kind() == Pool.Kind.PRODUCTION && transaction.pools().isInUse(pool.id())
                ? announced(transaction, pool)
                : transaction.now();
    }

    /// The same for an address that a relay brings with it, which nobody has looked at: at once only into an empty
    /// pool.
    public static Instant earliestOfRelay(Transaction transaction, Pool pool) {
        return pool.kind() == Pool.Kind.PRODUCTION && transaction.pools().hasAddresses(pool.id())
                ? announced(transaction, pool)
                : transaction.now();
    }

    /// From when leases of an app may use a pool that it is given now, whose addresses its firewalls do not know:
    /// at once where no client of it has been led anywhere yet, for what it is given then is its first list.
    public static Instant earliestFor(Transaction transaction, AppId app, Pool pool) {
        return transaction.pools().leads(app) ? announced(transaction, pool) : transaction.now();
    }

    private static Instant announced(Transaction transaction, Pool pool) {
        return transaction.now().plus(Duration.ofDays(pool.noticeDays()));
    }
}
