package io.callgate.control.store;

import io.callgate.model.TimeSource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jdbi.v3.core.Handle;

/// All tables, in one transaction. Lives only inside [Store#read] and [Store#change].
public final class Transaction {
    private final Handle handle;
    private final Sealer sealer;
    private final Ids ids;
    private final Instant now;
    private final Actor actor;

    Transaction(Handle handle, Sealer sealer, Ids ids, TimeSource time, Actor actor) {
        this.handle = handle;
        this.sealer = sealer;
        this.ids = ids;
        this.now = time.now().truncatedTo(ChronoUnit.MILLIS); // what the tables keep
        this.actor = actor;
    }

    /// The moment of the whole transaction.
    public Instant now() {
        return now;
    }

    public AppTable apps() {
        return new AppTable(handle, now);
    }

    public SecretTable secrets() {
        return new SecretTable(handle, sealer, ids, now);
    }

    public SettingTable settings() {
        return new SettingTable(handle, sealer);
    }

    public PoolTable pools() {
        return new PoolTable(handle, ids, now);
    }

    public RelayTable relays() {
        return new RelayTable(handle, ids, now);
    }

    public FleetUseTable fleetUse() {
        return new FleetUseTable(handle, now);
    }

    public SessionTable sessions() {
        return new SessionTable(handle, ids, now);
    }

    public UsageTable usage() {
        return new UsageTable(handle);
    }

    public PeakTable peaks() {
        return new PeakTable(handle, now);
    }

    public SiteTable sites() {
        return new SiteTable(handle, now);
    }

    public RetentionTable retention() {
        return new RetentionTable(handle, now);
    }

    public ExcessTable excesses() {
        return new ExcessTable(handle, now);
    }

    public RevocationTable revocations() {
        return new RevocationTable(handle, ids, now);
    }

    public OperatorTokenTable operatorTokens() {
        return new OperatorTokenTable(handle, ids, now);
    }

    public LoadTable load() {
        return new LoadTable(handle, now);
    }

    public ConsoleUserTable consoleUsers() {
        return new ConsoleUserTable(handle, now);
    }

    public AuditTable audit() {
        return new AuditTable(handle, ids, now, actor);
    }

    public AllowlistTable allowlists() {
        return new AllowlistTable(handle);
    }

    public CounterTable counters() {
        return new CounterTable(handle);
    }
}
