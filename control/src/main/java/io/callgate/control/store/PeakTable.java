package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Region;
import io.callgate.model.UsageCount;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// How many sessions apps had at once, by hour: of the whole fleet, and of each region.
public final class PeakTable {
    private static final String FLEET = "";

    private final Handle handle;
    private final Instant now;

    PeakTable(Handle handle, Instant now) {
        this.handle = handle;
        this.now = now;
    }

    /// What one app has now.
    ///
    /// @param inRegion of the relay that reports
    public record Reached(AppId app, long inFleet, long inRegion) {}

    public void reach(Region region, List<Reached> reached) {
        if (reached.isEmpty()) {
            return;
        }
        var batch = handle.prepareBatch("""
            merge into session_peak as p
            using (values (cast(:app as varchar(64)), cast(:hour as bigint), cast(:region as varchar(32)),
                cast(:sessions as bigint)))
            as n (app_id, hour_at, region, sessions)
            on p.app_id = n.app_id and p.hour_at = n.hour_at and p.region = n.region
            when matched and p.sessions < n.sessions then update set sessions = n.sessions
            when not matched then insert (app_id, hour_at, region, sessions)
            values (n.app_id, n.hour_at, n.region, n.sessions)\
            """);
        long hour = UsageCount.hourOf(now).toEpochMilli();
        for (Reached one : reached) {
            Map.of(FLEET, one.inFleet(), region.value(), one.inRegion())
                    .forEach((place, sessions) -> batch.bind("app", one.app().value())
                            .bind("hour", hour)
                            .bind("region", place)
                            .bind("sessions", sessions)
                            .add());
        }
        batch.execute();
    }

    /// How many sessions of apps the living relays of a region reported last.
    public Map<AppId, Long> inRegion(Region region, List<AppId> apps) {
        if (apps.isEmpty()) {
            return Map.of();
        }
        return handle
                .createQuery("""
                    select a.app_id, sum(a.sessions) as sessions from relay_app_report a
                    join relay on relay.id = a.relay_id
                    where relay.region = :region and a.app_id in (<apps>) and a.seen_at >= :alive group by a.app_id\
                    """)
                .bind("region", region.value())
                .bindList("apps", apps.stream().map(AppId::value).toList())
                .bind("alive", now.minus(RelayTable.SILENCE).toEpochMilli())
                .map((row, context) -> Map.entry(new AppId(row.getString("app_id")), row.getLong("sessions")))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /// By day and region, the oldest first; the fleet before its regions.
    ///
    /// @param after empty: from the beginning
    public List<Peak> page(AppId app, Instant from, Instant until, Optional<DayOfUsage.Place> after, int limit) {
        String beyond = after.isPresent() ? "and (hour_at / 86400000, region) > (:day, :region)" : "";
        var query = handle.createQuery("""
            select hour_at / 86400000 as day_number, region, max(sessions) as sessions from session_peak
            where app_id = :app and hour_at >= :from and hour_at < :until %s
            group by hour_at / 86400000, region order by hour_at / 86400000, region limit :limit\
            """.formatted(beyond))
                .bind("app", app.value())
                .bind("from", from.toEpochMilli())
                .bind("until", until.toEpochMilli())
                .bind("limit", limit);
        after.ifPresent(place -> query.bind("day", place.day()).bind("region", place.region()));
        return query.map((row, context) -> new Peak(
                        DayOfUsage.day(row.getLong("day_number")),
                        Optional.of(row.getString("region"))
                                .filter(region -> !region.equals(FLEET))
                                .map(Region::new),
                        row.getLong("sessions")))
                .list();
    }
}
