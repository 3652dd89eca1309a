package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.RelayCredential;
import io.callgate.model.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// What is taken back before it expires: uids, and leases that were ended.
public final class RevocationTable {
    private final Handle handle;
    private final Ids ids;
    private final Instant now;

    RevocationTable(Handle handle, Ids ids, Instant now) {
        this.handle = handle;
        this.ids = ids;
        this.now = now;
    }

    /// Refuses a uid until no credential of it can live.
    public UidRevocation revoke(AppId app, Subject uid) {
        return revoke(app, uid, now.plus(RelayCredential.LONGEST_LIFE));
    }

    /// Refuses a uid until a moment, and at relays every credential that expires before it.
    public UidRevocation revoke(AppId app, Subject uid, Instant until) {
        removeExpired();
        UidRevocation revocation = new UidRevocation(ids.next(), app, uid, now, until);
        handle.createUpdate("""
            insert into revocation (id, app_id, uid, not_before, expires_at)
            values (:id, :app, :uid, :notBefore, :expiresAt)\
            """)
                .bind("id", revocation.id())
                .bind("app", app.value())
                .bind("uid", uid.value())
                .bind("notBefore", now.toEpochMilli())
                .bind("expiresAt", revocation.expiresAt().toEpochMilli())
                .execute();
        return revocation;
    }

    /// Until when a uid is refused.
    public Optional<Instant> refusedUntil(AppId app, Subject uid) {
        return handle.createQuery("""
            select expires_at from revocation where app_id = :app and uid = :uid and expires_at > :now
            order by expires_at desc limit 1\
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
