package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Region;
import io.callgate.model.UsageCount;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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
        return query.map((row, context) -> read(row)).list();
    }

    /// Of the whole fleet, by day and ingress, the oldest first.
    ///
    /// @param until the first moment that is not meant
    public List<Peak> ofFleet(AppId app, Instant from, Instant until) {
        return handle.createQuery("""
            select hour_at / 86400000 as day_number, region, ingress, max(sessions) as sessions from session_peak
            where app_id = :app and hour_at >= :from and hour_at < :until and region = :fleet
            group by hour_at / 86400000, region, ingress order by hour_at / 86400000, ingress\
            """)
                .bind("app", app.value())
                .bind("from", from.toEpochMilli())
                .bind("until", until.toEpochMilli())
                .bind("fleet", FLEET)
                .map((row, context) -> read(row))
                .list();
    }

    private static Peak read(ResultSet row) throws SQLException {
        return new Peak(
                DayOfUsage.day(row.getLong("day_number")),
                Optional.of(row.getString("region"))
                        .filter(region -> !region.equals(FLEET))
                        .map(Region::new),
                Optional.of(row.getString("ingress")).filter(ingress -> !ingress.equals(ALL)),
                row.getLong("sessions"));
    }
}
