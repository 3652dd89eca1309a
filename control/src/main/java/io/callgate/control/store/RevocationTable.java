package io.callgate.control.store;

import io.callgate.control.store.CounterTable.Counter;
import io.callgate.model.AppId;
import io.callgate.model.RelayCredential;
import io.callgate.model.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// What is taken back before it expires: uids, and leases that were ended.
public final class RevocationTable {
    /// Of one app: every relay of its pools keeps them all, and looks through them at each authentication.
    public static final int MOST = 1000;

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Handle handle;
    private final Ids ids;
    private final Instant now;

    RevocationTable(Handle handle, Ids ids, Instant now) {
        this.handle = handle;
        this.ids = ids;
        this.now = now;
    }

    /// Refuses a uid until no credential of it can live, and at relays every credential that it may have. In whole
    /// minutes, so that relays hear but once of what is asked for again and again; raises [Counter#STATE] if they
    /// have to hear of it.
    public UidRevocation revoke(AppId app, Subject uid) {
        removeExpired();
        Instant until = now.plus(RelayCredential.LONGEST_LIFE)
                .truncatedTo(ChronoUnit.MINUTES)
                .plus(MINUTE);
        Optional<UidRevocation> known = handle.createQuery(
                        "select * from revocation where app_id = :app and uid = :uid")
                .bind("app", app.value())
                .bind("uid", uid.value())
                .map((row, context) -> read(row))
                .findOne();
        if (known.isPresent() && !known.get().expiresAt().isBefore(until)) {
            return known.get();
        }
        UidRevocation revocation =
                new UidRevocation(known.map(UidRevocation::id).orElseGet(ids::next), app, uid, now, until);
        write(revocation, known.isPresent() ? """
            update revocation set not_before = :notBefore, expires_at = :expiresAt
            where id = :id and app_id = :app and uid = :uid\
            """ : """
                insert into revocation (id, app_id, uid, not_before, expires_at)
                values (:id, :app, :uid, :notBefore, :expiresAt)\
                """);
        new CounterTable(handle).raise(Counter.STATE);
        return revocation;
    }

    /// When the first of an app's revocations ends, if it has so many that this uid may not be added.
    public Optional<Instant> fullUntil(AppId app, Subject uid) {
        return handle.createQuery("""
            select min(expires_at) as first_end from revocation
            where app_id = :app and uid <> :uid and expires_at > :now
            having count(*) >= :most\
            """)
                .bind("app", app.value())
                .bind("uid", uid.value())
                .bind("now", now.toEpochMilli())
                .bind("most", MOST)
                .map((row, context) -> Instant.ofEpochMilli(row.getLong("first_end")))
                .findOne()
                .filter(full -> refusedUntil(app, uid).isEmpty());
    }

    /// Until when a uid is refused.
    public Optional<Instant> refusedUntil(AppId app, Subject uid) {
        return handle.createQuery("""
            select expires_at from revocation where app_id = :app and uid = :uid and expires_at > :now\
            """)
                .bind("app", app.value())
                .bind("uid", uid.value())
                .bind("now", now.toEpochMilli())
                .map((row, context) -> Instant.ofEpochMilli(row.getLong("expires_at")))
                .findOne();
    }

    /// Those that still count, the oldest first.
    public List<UidRevocation> page(AppId app, Optional<UUID> after, int limit) {
        return handle.createQuery("""
            select * from revocation where app_id = :app and id > :after and expires_at > :now
            order by id limit :limit\
            """)
                .bind("app", app.value())
                .bind("after", after.orElse(Page.FIRST))
                .bind("now", now.toEpochMilli())
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    /// All of an app that still count.
    public List<UidRevocation> all(AppId app) {
        return page(app, Optional.empty(), Integer.MAX_VALUE);
    }

    /// All that still count of the apps that a pool serves, the oldest first.
    public List<UidRevocation> servedBy(Pool pool) {
        return handle
                .createQuery("select * from revocation where expires_at > :now and app_id in ("
                        + AppTable.idsServedBy(pool) + ") order by id")
                .bind("now", now.toEpochMilli())
                .bind("pool", pool.id())
                .map((row, context) -> read(row))
                .stream()
                .filter(revocation -> pool.admits(revocation.app()))
                .toList();
    }

    /// @param expiresAt after which nobody could renew the lease anyway
    public void endLease(UUID lease, Instant expiresAt) {
        removeExpired();
        if (!isEnded(lease)) {
            handle.createUpdate("insert into ended_lease (id, expires_at) values (:id, :expiresAt)")
                    .bind("id", lease)
                    .bind("expiresAt", expiresAt.toEpochMilli())
                    .execute();
        }
    }

    public boolean isEnded(UUID lease) {
        return handle.createQuery("select count(*) from ended_lease where id = :id")
                        .bind("id", lease)
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    private void write(UidRevocation revocation, String statement) {
        handle.createUpdate(statement)
                .bind("id", revocation.id())
                .bind("app", revocation.app().value())
                .bind("uid", revocation.uid().value())
                .bind("notBefore", revocation.notBefore().toEpochMilli())
                .bind("expiresAt", revocation.expiresAt().toEpochMilli())
                .execute();
    }

    private void removeExpired() {
        for (String table : List.of("ended_lease", "revocation")) {
            handle.createUpdate("delete from " + table + " where expires_at <= :now")
                    .bind("now", now.toEpochMilli())
                    .execute();
        }
    }

    private static UidRevocation read(ResultSet row) throws SQLException {
        return new UidRevocation(
                row.getObject("id", UUID.class),
                new AppId(row.getString("app_id")),
                new Subject(row.getString("uid")),
                Instant.ofEpochMilli(row.getLong("not_before")),
                Instant.ofEpochMilli(row.getLong("expires_at")));
    }
}
