package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Cidr;
import io.callgate.model.Endpoint;
import io.callgate.model.LiveSession;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// Which networks an app's clients come from, and which addresses each has reached: so an administrator sees whose
/// firewall does not have a new one yet.
public final class SiteTable {
    /// A site that stays is written once in so long.
    private static final Duration STEP = Duration.ofHours(1);

    /// Where a client came in whose relay does not tell: it counts for every address of that relay.
    private static final String ANYWHERE = "";

    private final Handle handle;
    private final Instant now;

    SiteTable(Handle handle, Instant now) {
        this.handle = handle;
        this.now = now;
    }

    /// What an app's sites have to do with one address.
    ///
    /// @param reached how many have been there
    /// @param lastAt when the last of them was seen there
    public record Reach(long reached, Optional<Instant> lastAt) {}

    /// @param relay where the sessions are
    void see(UUID relay, List<LiveSession> sessions) {
        List<Site> sites =
                sessions.stream().flatMap(SiteTable::sites).distinct().toList();
        if (sites.isEmpty()) {
            return;
        }
        var batch = handle.prepareBatch("""
            merge into site_reach as s
            using (values (cast(:app as varchar(64)), cast(:client as varchar(49)), cast(:relay as uuid),
                cast(:reached as varchar(64)), cast(:now as bigint), cast(:old as bigint)))
            as n (app_id, client, relay_id, reached, at, old)
            on s.app_id = n.app_id and s.client = n.client and s.relay_id = n.relay_id and s.reached = n.reached
            when matched and s.last_at < n.old then update set last_at = n.at
            when not matched then insert (app_id, client, relay_id, reached, first_at, last_at)
            values (n.app_id, n.client, n.relay_id, n.reached, n.at, n.at)\
            """);
        for (Site site : sites) {
            batch.bind("app", site.app().value())
                    .bind("client", site.client().toString())
                    .bind("relay", relay)
                    .bind("reached", site.reached())
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

    /// @param address with a relay
    public Reach reach(AppId app, PoolAddress address) {
        UUID relay = address.relay().orElseThrow();
        return handle.createQuery("""
            select count(distinct client) as sites, max(last_at) as last_at from site_reach
            where app_id = :app and relay_id = :relay and reached in (<places>)\
            """)
                .bind("app", app.value())
                .bind("relay", relay)
                .bindList("places", InList.of(places(app, relay, address)))
                .map((row, context) -> {
                    long reached = row.getLong("sites");
                    Instant lastAt = Instant.ofEpochMilli(row.getLong("last_at"));
                    return new Reach(reached, row.wasNull() ? Optional.empty() : Optional.of(lastAt));
                })
                .one();
    }

    /// The networks that have never reached an address, in the order of their text.
    ///
    /// @param address with a relay
    public List<Cidr> missing(AppId app, PoolAddress address, int limit) {
        UUID relay = address.relay().orElseThrow();
        return handle.createQuery("""
            select distinct s.client from site_reach s where s.app_id = :app and not exists (
                select 1 from site_reach t
                where t.app_id = s.app_id and t.client = s.client and t.relay_id = :relay
                and t.reached in (<places>))
            order by s.client limit :limit\
            """)
                .bind("app", app.value())
                .bind("relay", relay)
                .bindList("places", InList.of(places(app, relay, address)))
                .bind("limit", limit)
                .mapTo(String.class)
                .map(Cidr::parse)
                .list();
    }

    private static Stream<Site> sites(LiveSession session) {
        Stream<String> places = session.reached().isEmpty()
                ? Stream.of(ANYWHERE)
                : session.reached().stream().map(Endpoint::toString);
        return places.map(place -> new Site(session.app(), session.client(), place));
    }

    /// Where the app's clients came in at a relay that is within an address.
    private List<String> places(AppId app, UUID relay, PoolAddress address) {
        List<String> places = new ArrayList<>(List.of(ANYWHERE));
        handle.createQuery("select distinct reached from site_reach where app_id = :app and relay_id = :relay")
                .bind("app", app.value())
                .bind("relay", relay)
                .mapTo(String.class)
                .filter(place -> !place.equals(ANYWHERE) && address.covers(Endpoint.parse(place)))
                .forEach(places::add);
        return places;
    }

    private record Site(AppId app, Cidr client, String reached) {}
}
