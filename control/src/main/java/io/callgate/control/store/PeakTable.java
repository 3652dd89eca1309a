package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.IngressSessions;
import io.callgate.model.Region;
import io.callgate.model.UsageCount;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// How many sessions apps had at once, by hour: of the whole fleet and of each region, by all ingresses and by
/// each.
public final class PeakTable {
    private static final String FLEET = "";
    private static final String ALL = "";

    private final Handle handle;
    private final Instant now;

    PeakTable(Handle handle, Instant now) {
        this.handle = handle;
        this.now = now;
    }

    /// What the living relays of one region have reported of an app last.
    ///
    /// @param ingress by which these sessions began; empty: all of them, also those of which nobody told that
    public record Reported(AppId app, String region, Optional<String> ingress, long sessions) {}

    /// What one app has now.
    ///
    /// @param region empty for the whole fleet
    /// @param ingress empty for all
    public record Reached(AppId app, Optional<Region> region, Optional<String> ingress, long sessions) {}

    public void reach(List<Reached> reached) {
        if (reached.isEmpty()) {
            return;
        }
        var batch = handle.prepareBatch("""
            merge into session_peak as p
            using (values (cast(:app as varchar(64)), cast(:hour as bigint), cast(:region as varchar(32)),
                cast(:ingress as varchar(20)), cast(:sessions as bigint)))
            as n (app_id, hour_at, region, ingress, sessions)
            on p.app_id = n.app_id and p.hour_at = n.hour_at and p.region = n.region and p.ingress = n.ingress
            when matched and p.sessions < n.sessions then update set sessions = n.sessions
            when not matched then insert (app_id, hour_at, region, ingress, sessions)
            values (n.app_id, n.hour_at, n.region, n.ingress, n.sessions)\
            """);
        long hour = UsageCount.hourOf(now).toEpochMilli();
        for (Reached one : reached) {
            batch.bind("app", one.app().value())
                    .bind("hour", hour)
                    .bind("region", one.region().map(Region::value).orElse(FLEET))
                    .bind("ingress", one.ingress().orElse(ALL))
                    .bind("sessions", one.sessions())
                    .add();
        }
        batch.execute();
    }

    /// Takes from a heartbeat by which ingresses its sessions began.
    public void report(UUID relay, List<AppNeed> needs) {
        if (needs.stream().anyMatch(need -> !need.ingresses().isEmpty())) {
            var batch = handle.prepareBatch("""
                merge into relay_app_ingress as r
                using (values (cast(:relay as uuid), cast(:app as varchar(64)), cast(:ingress as varchar(20)),
                    cast(:seenAt as bigint), cast(:sessions as bigint)))
                as n (relay_id, app_id, ingress, seen_at, sessions)
                on r.relay_id = n.relay_id and r.app_id = n.app_id and r.ingress = n.ingress
                when matched then update set seen_at = n.seen_at, sessions = n.sessions
                when not matched then insert (relay_id, app_id, ingress, seen_at, sessions)
                values (n.relay_id, n.app_id, n.ingress, n.seen_at, n.sessions)\
                """);
            for (AppNeed need : needs) {
                for (IngressSessions ingress : need.ingresses()) {
                    batch.bind("relay", relay)
                            .bind("app", need.app().value())
                            .bind("ingress", ingress.ingress())
                            .bind("seenAt", now.toEpochMilli())
                            .bind("sessions", ingress.sessions())
                            .add();
                }
            }
            batch.execute();
        }
        handle.createUpdate("delete from relay_app_ingress where relay_id = :relay and seen_at < :now")
                .bind("relay", relay)
                .bind("now", now.toEpochMilli())
                .execute();
    }

    /// What all living relays but one have of some apps, by region: of each ingress, and of all.
    public List<Reported> reported(UUID except, List<AppId> apps) {
        if (apps.isEmpty()) {
            return List.of();
        }
        return handle.createQuery("""
            select a.app_id, relay.region, a.ingress, sum(a.sessions) as sessions from (
                select relay_id, app_id, '' as ingress, sessions from relay_app_report
                where app_id in (<apps>) and seen_at >= :alive and relay_id <> :except
                union all
                select relay_id, app_id, ingress, sessions from relay_app_ingress
                where app_id in (<apps>) and seen_at >= :alive and relay_id <> :except) a
            join relay on relay.id = a.relay_id
            group by a.app_id, relay.region, a.ingress\
            """)
                .bindList("apps", apps.stream().map(AppId::value).toList())
                .bind("alive", now.minus(RelayTable.SILENCE).toEpochMilli())
                .bind("except", except)
                .map((row, context) -> new Reported(
                        new AppId(row.getString("app_id")),
                        row.getString("region"),
                        Optional.of(row.getString("ingress")).filter(ingress -> !ingress.equals(ALL)),
                        row.getLong("sessions")))
                .list();
    }

    /// By day, region and ingress, the oldest first; the fleet before its regions, all ingresses before each.
    ///
    /// @param after empty: from the beginning
    public List<Peak> page(AppId app, Instant from, Instant until, Optional<DayOfUsage.Place> after, int limit) {
        String beyond =
                after.isPresent() ? "and (hour_at / 86400000, region, ingress) > (:day, :region, :ingress)" : "";
        var query = handle.createQuery("""
            select hour_at / 86400000 as day_number, region, ingress, max(sessions) as sessions from session_peak
            where app_id = :app and hour_at >= :from and hour_at < :until %s
            group by hour_at / 86400000, region, ingress order by hour_at / 86400000, region, ingress limit :limit\
            """.formatted(beyond))
                .bind("app", app.value())
                .bind("from", from.toEpochMilli())
                .bind("until", until.toEpochMilli())
                .bind("limit", limit);
        after.ifPresent(place ->
                query.bind("day", place.day()).bind("region", place.region()).bind("ingress", place.ingress()));
        return query.map((row, context) -> new Peak(
                        DayOfUsage.day(row.getLong("day_number")),
                        Optional.of(row.getString("region"))
                                .filter(region -> !region.equals(FLEET))
                                .map(Region::new),
                        Optional.of(row.getString("ingress")).filter(ingress -> !ingress.equals(ALL)),
                        row.getLong("sessions")))
                .list();
    }
}
