package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.RefusalCount;
import io.callgate.model.Region;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/// What the fleet carries at this moment, summed by the database: a few rows, however many sessions there are.
public final class LoadTable {
    private final Handle handle;
    private final Instant now;

    LoadTable(Handle handle, Instant now) {
        this.handle = handle;
        this.now = now;
    }

    /// The apps with something going on, the busiest first.
    public List<AppLoad> byApp() {
        return handle.createQuery("""
            select app_id, sum(sessions) as sessions, sum(kbit_per_second) as kbit_per_second
            from relay_app_report where seen_at >= :alive group by app_id order by sessions desc, app_id\
            """)
                .bind("alive", aliveSince())
                .map((row, context) -> new AppLoad(
                        new AppId(row.getString("app_id")), row.getLong("sessions"), row.getLong("kbit_per_second")))
                .list();
    }

    /// By name of the region.
    public List<RegionLoad> byRegion() {
        Map<String, long[]> carried = new HashMap<>();
        handle.createQuery("""
            select relay.region, sum(a.sessions) as sessions, sum(a.kbit_per_second) as kbit_per_second
            from relay_app_report a join relay on relay.id = a.relay_id
            where a.seen_at >= :alive group by relay.region\
            """)
                .bind("alive", aliveSince())
                .map((row, context) -> carried.put(
                        row.getString("region"), new long[] {row.getLong("sessions"), row.getLong("kbit_per_second")}))
                .list();
        return handle.createQuery("""
            select relay.region, count(*) as relays,
                sum(case when r.seen_at >= :alive then 1 else 0 end) as alive,
                sum(case when r.seen_at >= :alive and (relay.draining or r.draining) then 1 else 0 end) as draining,
                sum(case when r.seen_at >= :alive then r.load_percent else 0 end) as load_percents
            from relay left join relay_report r on r.relay_id = relay.id
            group by relay.region order by relay.region\
            """)
                .bind("alive", aliveSince())
                .map((row, context) -> {
                    long[] sums = carried.getOrDefault(row.getString("region"), new long[2]);
                    int alive = row.getInt("alive");
                    return new RegionLoad(
                            new Region(row.getString("region")),
                            row.getInt("relays"),
                            alive,
                            row.getInt("draining"),
                            alive == 0 ? 0 : row.getInt("load_percents") / alive,
                            sums[0],
                            sums[1]);
                })
                .list();
    }

    /// What the living relays have refused or dropped since each started, the most frequent first.
    public List<RefusalCount> refusals() {
        Map<String, Long> sums = new HashMap<>();
        handle.createQuery("select refusals from relay_report where seen_at >= :alive and refusals <> ''")
                .bind("alive", aliveSince())
                .mapTo(String.class)
                .list()
                .forEach(text -> RelayReport.parseRefusals(text)
                        .forEach(refusal -> sums.merge(refusal.reason(), refusal.count(), Long::sum)));
        return sums.entrySet().stream()
                .map(sum -> new RefusalCount(sum.getKey(), sum.getValue()))
                .sorted(Comparator.comparingLong(RefusalCount::count).reversed().thenComparing(RefusalCount::reason))
                .toList();
    }

    private long aliveSince() {
        return now.minus(RelayTable.SILENCE).toEpochMilli();
    }
}
