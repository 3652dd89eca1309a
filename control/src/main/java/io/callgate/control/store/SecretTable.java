package io.callgate.control.store;

import io.callgate.control.store.CounterTable.Counter;
import io.callgate.model.AppId;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The secrets of apps: what their tokens are signed with, what their clients may show instead, and what relays
/// check credentials with. Sealed before they are written. Every change raises [Counter#STATE]: leases are decided
/// on what they remember until it rises.
public final class SecretTable {
    /// What a secret is for.
    public enum Kind {
        TOKEN,
        APP_SIGN,
        RELAY
    }

    /// As many of one kind live: the new one and the one it replaces.
    public static final int MOST_LIVE = 2;

    private final Handle handle;
    private final Sealer sealer;
    private final Ids ids;
    private final Instant now;

    SecretTable(Handle handle, Sealer sealer, Ids ids, Instant now) {
        this.handle = handle;
        this.sealer = sealer;
        this.ids = ids;
        this.now = now;
    }

    /// Those of the app itself, the newest first.
    public List<AppSecret> ofApp(AppId app, Kind kind) {
        return select(app, kind, null);
    }

    /// What relays of a pool know of an app, the newest first.
    public List<AppSecret> ofPool(AppId app, String pool) {
        return select(app, Kind.RELAY, pool);
    }

    /// What relays of a pool know of all apps, also of some that they serve no more; of each the newest first.
    public Map<AppId, List<AppSecret>> ofPool(String pool) {
        Map<AppId, List<AppSecret>> secrets = new HashMap<>();
        handle.createQuery("""
            select app_id, id, sealed, created_at from app_secret
            where pool_id = :pool and kind = :kind order by id desc\
            """)
                .bind("pool", pool)
                .bind("kind", Kind.RELAY.name())
                .map((row, context) -> secrets.computeIfAbsent(
                                new AppId(row.getString("app_id")), first -> new ArrayList<>())
                        .add(read(row)))
                .list();
        return secrets;
    }

    /// Makes one, 256 random bits as 43 characters.
    public AppSecret add(AppId app, Kind kind) {
        return insert(app, kind, null);
    }

    /// Gives the app a relay secret in a pool, unless it has one there.
    public void ensureInPool(AppId app, String pool) {
        if (ofPool(app, pool).isEmpty()) {
            insert(app, Kind.RELAY, pool);
        }
    }

    /// A newer relay secret in the pool; of those before, one stays.
    ///
    /// @return until when the last rotation forbids another one; empty if it was done
    public Optional<Instant> rotateInPool(AppId app, String pool) {
        List<AppSecret> live = ofPool(app, pool);
        if (live.size() == MOST_LIVE) {
            Instant lastCredentialEnds = live.getFirst().createdAt().plus(RelayCredential.LONGEST_LIFE);
            if (lastCredentialEnds.isAfter(now)) {
                return Optional.of(lastCredentialEnds);
            }
            remove(app, Kind.RELAY, live.getLast().id());
        }
        insert(app, Kind.RELAY, pool);
        return Optional.empty();
    }

    /// @return whether there was such a one
    public boolean remove(AppId app, Kind kind, UUID id) {
        return told(handle.createUpdate("delete from app_secret where app_id = :app and kind = :kind and id = :id")
                        .bind("app", app.value())
                        .bind("kind", kind.name())
                        .bind("id", id)
                        .execute())
                > 0;
    }

    /// @return how many there were
    public int removeAll(AppId app, Kind kind) {
        return told(handle.createUpdate("delete from app_secret where app_id = :app and kind = :kind")
                .bind("app", app.value())
                .bind("kind", kind.name())
                .execute());
    }

    private AppSecret insert(AppId app, Kind kind, @Nullable String pool) {
        UUID id = ids.next();
        Secret secret = BearerToken.randomText();
        told(handle.createUpdate("""
            insert into app_secret (id, app_id, kind, pool_id, sealed, created_at)
            values (:id, :app, :kind, :pool, :sealed, :now)\
            """)
                .bind("id", id)
                .bind("app", app.value())
                .bind("kind", kind.name())
                .bind("pool", pool)
                .bind("sealed", sealer.seal(secret, place(id)))
                .bind("now", now.toEpochMilli())
                .execute());
        return new AppSecret(id, secret, now);
    }

    /// @return the rows that were changed
    private int told(int rows) {
        if (rows > 0) {
            new CounterTable(handle).raise(Counter.STATE);
        }
        return rows;
    }

    private List<AppSecret> select(AppId app, Kind kind, @Nullable String pool) {
        String ofPool = pool == null ? "" : " and pool_id = :pool";
        var query = handle.createQuery("select id, sealed, created_at from app_secret"
                        + " where app_id = :app and kind = :kind" + ofPool + " order by id desc")
                .bind("app", app.value())
                .bind("kind", kind.name());
        if (pool != null) {
            query.bind("pool", pool);
        }
        return query.map((row, context) -> read(row)).list();
    }

    private AppSecret read(ResultSet row) throws SQLException {
        UUID id = row.getObject("id", UUID.class);
        return new AppSecret(
                id, sealer.open(row.getString("sealed"), place(id)), Instant.ofEpochMilli(row.getLong("created_at")));
    }

    private static String place(UUID id) {
        return "app_secret/" + id;
    }
}
