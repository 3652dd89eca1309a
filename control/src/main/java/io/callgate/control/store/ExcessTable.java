package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.UsageCount;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// When apps used more than was agreed, within their grace or above it.
public final class ExcessTable {
    /// What comes back so soon is the same excess.
    private static final Duration SAME = Duration.ofMinutes(1);

    private final Handle handle;
    private final Instant now;

    ExcessTable(Handle handle, Instant now) {
        this.handle = handle;
        this.now = now;
    }

    /// Keeps that an app uses more than was agreed.
    ///
    /// @return whether this is news: a minute ago it did not
    public boolean add(AppId app, Excess.Kind kind, long agreed, long reached) {
        boolean isNews = handle.createQuery("""
            select count(*) from quota_excess where app_id = :app and kind = :kind and last_at >= :recently\
            """)
                        .bind("app", app.value())
                        .bind("kind", kind.name())
                        .bind("recently", now.minus(SAME).toEpochMilli())
                        .mapTo(Long.class)
                        .one()
                == 0;
        handle.createUpdate("""
            merge into quota_excess as e
            using (values (cast(:app as varchar(64)), cast(:kind as varchar(16)), cast(:hour as bigint),
                cast(:agreed as bigint), cast(:reached as bigint), cast(:now as bigint)))
            as n (app_id, kind, hour_at, agreed, peak, at)
            on e.app_id = n.app_id and e.kind = n.kind and e.hour_at = n.hour_at
            when matched then update set agreed = n.agreed, peak = greatest(e.peak, n.peak), last_at = n.at
            when not matched then insert (app_id, kind, hour_at, agreed, peak, first_at, last_at)
            values (n.app_id, n.kind, n.hour_at, n.agreed, n.peak, n.at, n.at)\
            """)
                .bind("app", app.value())
                .bind("kind", kind.name())
                .bind("hour", UsageCount.hourOf(now).toEpochMilli())
                .bind("agreed", agreed)
                .bind("reached", reached)
                .bind("now", now.toEpochMilli())
                .execute();
        return isNews;
    }

    /// The newest first.
    public List<Excess> page(AppId app, Optional<Excess.Key> before, int limit) {
        var query = handle.createQuery("select * from quota_excess where app_id = :app"
                        + (before.isPresent() ? " and (hour_at, kind) < (:hour, :kind)" : "")
                        + " order by hour_at desc, kind desc limit :limit")
                .bind("app", app.value())
                .bind("limit", limit);
        before.ifPresent(key -> query.bind("hour", key.hour().toEpochMilli())
                .bind("kind", key.kind().name()));
        return query.map((row, context) -> read(row)).list();
    }

    private static Excess read(ResultSet row) throws SQLException {
        return new Excess(
                new Excess.Key(
                        Instant.ofEpochMilli(row.getLong("hour_at")), Excess.Kind.valueOf(row.getString("kind"))),
                row.getLong("agreed"),
                row.getLong("peak"),
                Instant.ofEpochMilli(row.getLong("first_at")),
                Instant.ofEpochMilli(row.getLong("last_at")));
    }
}
