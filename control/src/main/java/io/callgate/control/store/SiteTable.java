package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Cidr;
import io.callgate.model.LiveSession;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Which networks an app's clients come from, and which relays each has reached: so an administrator sees whose
/// firewall does not have a new address yet.
public final class SiteTable {
    /// A site that stays is written once in so long.
    private static final Duration STEP = Duration.ofHours(1);

    private final Handle handle;
    private final Instant now;

    SiteTable(Handle handle, Instant now) {
        this.handle = handle;
        this.now = now;
    }

    /// What an app's sites have to do with one relay.
    ///
    /// @param reached how many have been there
    /// @param lastAt when the last of them was seen there
    public record Reach(long reached, Optional<Instant> lastAt) {}

    /// @param relay where the sessions are
    void see(UUID relay, List<LiveSession> sessions) {
        List<Site> sites = sessions.stream()
                .map(session -> new Site(session.app(), session.client()))
                .distinct()
                .toList();
        if (sites.isEmpty()) {
            return;
        }
        var batch = handle.prepareBatch("""
            merge into site_reach as s
            using (values (cast(:app as varchar(64)), cast(:client as varchar(49)), cast(:relay as uuid),
                cast(:now as bigint), cast(:old as bigint)))
            as n (app_id, client, relay_id, at, old)
            on s.app_id = n.app_id and s.client = n.client and s.relay_id = n.relay_id
            when matched and s.last_at < n.old then update set last_at = n.at
            when not matched then insert (app_id, client, relay_id, first_at, last_at)
            values (n.app_id, n.client, n.relay_id, n.at, n.at)\
            """);
        for (Site site : sites) {
            batch.bind("app", site.app().value())
                    .bind("client", site.client().toString())
                    .bind("relay", relay)
                    .bind("now", now.toEpochMilli())
                    .bind("old", now.minus(STEP).toEpochMilli())
                    .add();
        }
        batch.execute();
    }

    /// How many networks an app's clients have come from, within the retention.
    public long count(AppId app) {
        return handle.createQuery("select count(distinct client) from site_reach where app_id = :app")
                .bind("app", app.value())
                .mapTo(Long.class)
                .one();
    }

    public Reach reach(AppId app, UUID relay) {
        return handle.createQuery("""
            select count(*) as reached, max(last_at) as last_at from site_reach
            where app_id = :app and relay_id = :relay\
            """)
                .bind("app", app.value())
                .bind("relay", relay)
                .map((row, context) -> {
                    long reached = row.getLong("reached");
                    Instant lastAt = Instant.ofEpochMilli(row.getLong("last_at"));
                    return new Reach(reached, row.wasNull() ? Optional.empty() : Optional.of(lastAt));
                })
                .one();
    }

    /// The networks that have never reached a relay, in the order of their text.
    public List<Cidr> missing(AppId app, UUID relay, int limit) {
        return handle.createQuery("""
            select distinct s.client from site_reach s where s.app_id = :app and not exists (
                select 1 from site_reach t
                where t.app_id = s.app_id and t.client = s.client and t.relay_id = :relay)
            order by s.client limit :limit\
            """)
                .bind("app", app.value())
                .bind("relay", relay)
                .bind("limit", limit)
                .mapTo(String.class)
                .map(Cidr::parse)
                .list();
    }

    private record Site(AppId app, Cidr client) {}
}
