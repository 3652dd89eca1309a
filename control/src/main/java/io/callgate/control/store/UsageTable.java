package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Region;
import io.callgate.model.UsageCount;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/// What apps have used, by hour, relay and ingress. Stays when its relay is removed.
///
/// A row is what one run of a relay counted in one hour, and only grows: so a count that comes twice, or after a
/// newer one, changes nothing.
public final class UsageTable {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final Handle handle;

    UsageTable(Handle handle) {
        this.handle = handle;
    }

    /// What one relay tells.
    public record Told(RelayNode relay, List<UsageCount> counts) {}

    public void take(List<Told> all) {
        var batch = handle.prepareBatch("""
            merge into usage_count as u
            using (values (cast(:app as varchar(64)), cast(:hour as bigint), cast(:relay as uuid),
                cast(:ingress as varchar(20)), cast(:epoch as varchar(64)), cast(:name as varchar(64)),
                cast(:region as varchar(32)), cast(:toPeer as bigint), cast(:toClient as bigint),
                cast(:sessions as bigint), cast(:seconds as bigint)))
            as n (app_id, hour_at, relay_id, ingress, epoch, relay_name, region, bytes_to_peer,
                bytes_to_client, sessions, session_seconds)
            on u.app_id = n.app_id and u.hour_at = n.hour_at and u.relay_id = n.relay_id
                and u.ingress = n.ingress and u.epoch = n.epoch
            when matched then update set
                bytes_to_peer = greatest(u.bytes_to_peer, n.bytes_to_peer),
                bytes_to_client = greatest(u.bytes_to_client, n.bytes_to_client),
                sessions = greatest(u.sessions, n.sessions),
                session_seconds = greatest(u.session_seconds, n.session_seconds)
            when not matched then insert (app_id, hour_at, relay_id, ingress, epoch, relay_name, region,
                bytes_to_peer, bytes_to_client, sessions, session_seconds)
            values (n.app_id, n.hour_at, n.relay_id, n.ingress, n.epoch, n.relay_name, n.region,
                n.bytes_to_peer, n.bytes_to_client, n.sessions, n.session_seconds)\
            """);
        for (Told told : all) {
            for (UsageCount count : told.counts()) {
                batch.bind("app", count.app().value())
                        .bind("hour", count.hour().toEpochMilli())
                        .bind("relay", told.relay().id())
                        .bind("ingress", count.ingress())
                        .bind("epoch", count.epoch())
                        .bind("name", told.relay().name())
                        .bind("region", told.relay().region().value())
                        .bind("toPeer", count.bytesToPeer())
                        .bind("toClient", count.bytesToClient())
                        .bind("sessions", count.sessions())
                        .bind("seconds", count.sessionSeconds())
                        .add();
            }
        }
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    /// Whether a relay has counted for an app before: it may finish what it began when the app is its no more.
    public boolean hasCounted(UUID relay, AppId app) {
        return handle.createQuery("select 1 from usage_count where app_id = :app and relay_id = :relay limit 1")
                .bind("app", app.value())
                .bind("relay", relay)
                .mapTo(Integer.class)
                .findOne()
                .isPresent();
    }

    /// By hour, relay and ingress, the oldest first.
    ///
    /// @param until the first moment that is not meant
    public List<HourOfUsage> page(AppId app, Instant from, Instant until, Optional<HourOfUsage.Key> after, int limit) {
        Instant start = after.map(HourOfUsage.Key::hour).filter(from::isBefore).orElse(from);
        return inSteps(app, start, until, limit, HOUR, end -> hours(app, start, end, after, limit));
    }

    private List<HourOfUsage> hours(
            AppId app, Instant from, Instant until, Optional<HourOfUsage.Key> after, int limit) {
        String beyond = after.isPresent() ? "and (hour_at, relay_id, ingress) > (:hour, :relay, :ingress)" : "";
        var query = handle.createQuery("""
            select hour_at, relay_id, ingress, max(relay_name) as relay_name, max(region) as region,
                sum(bytes_to_peer) as bytes_to_peer, sum(bytes_to_client) as bytes_to_client,
                sum(sessions) as sessions, sum(session_seconds) as session_seconds
            from usage_count where app_id = :app and hour_at >= :from and hour_at < :until %s
            group by hour_at, relay_id, ingress order by hour_at, relay_id, ingress limit :limit\
            """.formatted(beyond))
                .bind("app", app.value())
                .bind("from", from.toEpochMilli())
                .bind("until", until.toEpochMilli())
                .bind("limit", limit);
        after.ifPresent(key -> query.bind("hour", key.hour().toEpochMilli())
                .bind("relay", key.relay())
                .bind("ingress", key.ingress()));
        return query.map((row, context) -> read(row)).list();
    }

    /// By day, region and ingress, the oldest first.
    ///
    /// @param until the first moment that is not meant
    public List<DayOfUsage> days(AppId app, Instant from, Instant until, Optional<DayOfUsage.Place> after, int limit) {
        Instant start = after.map(place -> DayOfUsage.day(place.day()))
                .filter(from::isBefore)
                .orElse(from);
        return inSteps(app, start, until, limit, DAY, end -> daysUntil(app, start, end, after, limit));
    }

    /// A page is summed of as many rows as it needs, and not of all that remain: so reading every page takes as
    /// long as there are rows.
    ///
    /// @param whole sums are of times as long as this, and no step ends within one
    /// @param sums up to an end, as many as the limit at most
    private <T> List<T> inSteps(
            AppId app, Instant from, Instant until, int limit, Duration whole, Function<Instant, List<T>> sums) {
        for (long rows = limit; ; rows *= 4) {
            Optional<Instant> last = hourOfRow(app, from, until, rows);
            Instant end =
                    last.map(hour -> after(hour, whole)).filter(until::isAfter).orElse(until);
            List<T> found = sums.apply(end);
            if (last.isEmpty() || found.size() == limit) {
                return found;
            }
        }
    }

    /// The end of what an hour is a part of.
    private static Instant after(Instant hour, Duration whole) {
        return Instant.ofEpochMilli((hour.toEpochMilli() / whole.toMillis() + 1) * whole.toMillis());
    }

    /// @param number of rows before the one that is meant; empty: there are not as many
    private Optional<Instant> hourOfRow(AppId app, Instant from, Instant until, long number) {
        return handle.createQuery("""
            select hour_at from usage_count where app_id = :app and hour_at >= :from and hour_at < :until
            order by app_id, hour_at limit 1 offset :number\
            """)
                .bind("app", app.value())
                .bind("from", from.toEpochMilli())
                .bind("until", until.toEpochMilli())
                .bind("number", number)
                .mapTo(Long.class)
                .findOne()
                .map(Instant::ofEpochMilli);
    }

    private List<DayOfUsage> daysUntil(
            AppId app, Instant from, Instant until, Optional<DayOfUsage.Place> after, int limit) {
        String beyond =
                after.isPresent() ? "and (hour_at / 86400000, region, ingress) > (:day, :region, :ingress)" : "";
        var query = handle.createQuery("""
            select hour_at / 86400000 as day_number, region, ingress, sum(bytes_to_peer) as bytes_to_peer,
                sum(bytes_to_client) as bytes_to_client, sum(sessions) as sessions,
                sum(session_seconds) as session_seconds
            from usage_count where app_id = :app and hour_at >= :from and hour_at < :until %s
            group by hour_at / 86400000, region, ingress order by hour_at / 86400000, region, ingress
            limit :limit\
            """.formatted(beyond))
                .bind("app", app.value())
                .bind("from", from.toEpochMilli())
                .bind("until", until.toEpochMilli())
                .bind("limit", limit);
        after.ifPresent(place ->
                query.bind("day", place.day()).bind("region", place.region()).bind("ingress", place.ingress()));
        return query.map((row, context) -> new DayOfUsage(
                        DayOfUsage.day(row.getLong("day_number")),
                        new Region(row.getString("region")),
                        row.getString("ingress"),
                        row.getLong("bytes_to_peer"),
                        row.getLong("bytes_to_client"),
                        row.getLong("sessions"),
                        row.getLong("session_seconds")))
                .list();
    }

    private static HourOfUsage read(ResultSet row) throws SQLException {
        return new HourOfUsage(
                new HourOfUsage.Key(
                        Instant.ofEpochMilli(row.getLong("hour_at")),
                        row.getObject("relay_id", UUID.class),
                        row.getString("ingress")),
                row.getString("relay_name"),
                new Region(row.getString("region")),
                row.getLong("bytes_to_peer"),
                row.getLong("bytes_to_client"),
                row.getLong("sessions"),
                row.getLong("session_seconds"));
    }
}
