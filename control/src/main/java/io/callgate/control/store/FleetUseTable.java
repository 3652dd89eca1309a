package io.callgate.control.store;

import io.callgate.control.store.FleetUse.IngressShare;
import io.callgate.control.store.FleetUse.Share;
import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.IngressSessions;
import io.callgate.model.Region;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// What relays have reported last of themselves and of the apps that use them. Rows of relays that fell silent
/// stay, and count no more.
public final class FleetUseTable {
    private final Handle handle;
    private final Instant now;

    FleetUseTable(Handle handle, Instant now) {
        this.handle = handle;
        this.now = now;
    }

    /// Takes heartbeats, each of another relay; one that is older than the last of its epoch changes nothing.
    ///
    /// @return the relays whose heartbeats were taken
    public Set<UUID> report(List<Reporting> reportings) {
        if (reportings.isEmpty()) {
            return Set.of();
        }
        var batch = handle.prepareBatch("""
            merge into relay_report as r
            using (values (cast(:relay as uuid), cast(:epoch as varchar(64)), cast(:sequence as bigint),
                cast(:seenAt as bigint), cast(:software as varchar(64)), cast(:load as int),
                cast(:draining as boolean), cast(:version as bigint), cast(:refusal as varchar(1000)),
                cast(:refusals as varchar(6000))))
            as n (relay_id, epoch, sequence_number, seen_at, software, load_percent, draining,
                state_version, refusal, refusals)
            on r.relay_id = n.relay_id
            when matched and (r.epoch <> n.epoch or r.sequence_number < n.sequence_number) then update set
                epoch = n.epoch, sequence_number = n.sequence_number, seen_at = n.seen_at,
                software = n.software, load_percent = n.load_percent, draining = n.draining,
                state_version = n.state_version, refusal = n.refusal,
                refusals = n.refusals, sessions_taken = case when r.epoch = n.epoch then r.sessions_taken else 0 end
            when not matched then insert (relay_id, epoch, sequence_number, seen_at, software,
                load_percent, draining, state_version, refusal, refusals, sessions_taken)
            values (n.relay_id, n.epoch, n.sequence_number, n.seen_at, n.software,
                n.load_percent, n.draining, n.state_version, n.refusal, n.refusals, 0)\
            """);
        for (Reporting reporting : reportings) {
            RelayReport report = reporting.report();
            batch.bind("relay", reporting.relay())
                    .bind("epoch", report.epoch())
                    .bind("sequence", report.sequence())
                    .bind("seenAt", now.toEpochMilli())
                    .bind("software", report.software().orElse(null))
                    .bind("load", report.loadPercent())
                    .bind("draining", report.draining())
                    .bind("version", report.stateVersion())
                    .bind("refusal", report.refusal().orElse(null))
                    .bind("refusals", report.refusalsText())
                    .add();
        }
        int[] rows = batch.execute();
        Set<UUID> taken = new HashSet<>();
        List<Reporting> news = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] > 0) {
                taken.add(reportings.get(i).relay());
                news.add(reportings.get(i));
            }
        }
        writeNeeds(news);
        writeIngresses(news);
        // An app that was not told of has nothing on this relay any more.
        forgetOlder("delete from relay_app_report where relay_id = :relay and seen_at < :now", news);
        forgetOlder("delete from relay_app_ingress where relay_id = :relay and seen_at < :now", news);
        return taken;
    }

    /// The apps that some living relay told of.
    public Set<AppId> inUse() {
        return handle.createQuery("select distinct app_id from relay_app_report where seen_at >= :alive")
                .bind("alive", aliveSince())
                .mapTo(String.class)
                .map(AppId::new)
                .collect(Collectors.toSet());
    }

    /// What the living relays carry of these apps.
    public FleetUse of(Collection<AppId> apps) {
        if (apps.isEmpty()) {
            return FleetUse.of(Map.of(), List.of(), List.of());
        }
        Map<String, Integer> relays = new HashMap<>();
        handle.createQuery("""
            select relay.pool_id, count(*) as relays from relay join relay_report r on r.relay_id = relay.id
            where r.seen_at >= :alive group by relay.pool_id\
            """)
                .bind("alive", aliveSince())
                .map((row, context) -> relays.put(row.getString("pool_id"), row.getInt("relays")))
                .list();
        List<String> ids = InList.of(apps.stream().map(AppId::value).toList());
        List<Share> shares = handle.createQuery("""
            select a.app_id, relay.pool_id, relay.region, count(*) as relays, sum(a.sessions) as sessions,
                sum(a.wanted_sessions) as wanted_sessions, sum(a.kbit_per_second) as kbit_per_second,
                sum(a.wanted_kbit_per_second) as wanted_kbit_per_second
            from relay_app_report a join relay on relay.id = a.relay_id
            where a.app_id in (<apps>) and a.seen_at >= :alive group by a.app_id, relay.pool_id, relay.region\
            """)
                .bind("alive", aliveSince())
                .bindList("apps", ids)
                .map((row, context) -> new Share(
                        new AppId(row.getString("app_id")),
                        row.getString("pool_id"),
                        new Region(row.getString("region")),
                        row.getInt("relays"),
                        row.getLong("sessions"),
                        row.getLong("wanted_sessions"),
                        row.getLong("kbit_per_second"),
                        row.getLong("wanted_kbit_per_second")))
                .list();
        List<IngressShare> ingresses = handle.createQuery("""
            select a.app_id, relay.region, a.ingress, sum(a.sessions) as sessions
            from relay_app_ingress a join relay on relay.id = a.relay_id
            where a.app_id in (<apps>) and a.seen_at >= :alive group by a.app_id, relay.region, a.ingress\
            """)
                .bind("alive", aliveSince())
                .bindList("apps", ids)
                .map((row, context) -> new IngressShare(
                        new AppId(row.getString("app_id")),
                        new Region(row.getString("region")),
                        row.getString("ingress"),
                        row.getLong("sessions")))
                .list();
        return FleetUse.of(relays, shares, ingresses);
    }

    private void writeNeeds(List<Reporting> reportings) {
        var batch = handle.prepareBatch("""
            merge into relay_app_report as r
            using (values (cast(:relay as uuid), cast(:app as varchar(64)), cast(:epoch as varchar(64)),
                cast(:seenAt as bigint), cast(:sessions as bigint), cast(:wantedSessions as bigint),
                cast(:kbit as bigint), cast(:wantedKbit as bigint)))
            as n (relay_id, app_id, epoch, seen_at, sessions, wanted_sessions, kbit_per_second,
                wanted_kbit_per_second)
            on r.relay_id = n.relay_id and r.app_id = n.app_id
            when matched then update set epoch = n.epoch, seen_at = n.seen_at, sessions = n.sessions,
                wanted_sessions = n.wanted_sessions, kbit_per_second = n.kbit_per_second,
                wanted_kbit_per_second = n.wanted_kbit_per_second
            when not matched then insert (relay_id, app_id, epoch, seen_at, sessions, wanted_sessions,
                kbit_per_second, wanted_kbit_per_second)
            values (n.relay_id, n.app_id, n.epoch, n.seen_at, n.sessions, n.wanted_sessions,
                n.kbit_per_second, n.wanted_kbit_per_second)\
            """);
        for (Reporting reporting : reportings) {
            for (AppNeed need : reporting.needs()) {
                batch.bind("relay", reporting.relay())
                        .bind("app", need.app().value())
                        .bind("epoch", reporting.report().epoch())
                        .bind("seenAt", now.toEpochMilli())
                        .bind("sessions", need.sessions())
                        .bind("wantedSessions", need.wantedSessions())
                        .bind("kbit", need.kbitPerSecond())
                        .bind("wantedKbit", need.wantedKbitPerSecond())
                        .add();
            }
        }
        execute(batch);
    }

    private void writeIngresses(List<Reporting> reportings) {
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
        for (Reporting reporting : reportings) {
            for (AppNeed need : reporting.needs()) {
                for (IngressSessions ingress : need.ingresses()) {
                    batch.bind("relay", reporting.relay())
                            .bind("app", need.app().value())
                            .bind("ingress", ingress.ingress())
                            .bind("seenAt", now.toEpochMilli())
                            .bind("sessions", ingress.sessions())
                            .add();
                }
            }
        }
        execute(batch);
    }

    private void forgetOlder(String delete, List<Reporting> reportings) {
        var batch = handle.prepareBatch(delete);
        for (Reporting reporting : reportings) {
            batch.bind("relay", reporting.relay())
                    .bind("now", now.toEpochMilli())
                    .add();
        }
        execute(batch);
    }

    /// JDBI refuses an empty one.
    private static void execute(PreparedBatch batch) {
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    private long aliveSince() {
        return now.minus(RelayTable.SILENCE).toEpochMilli();
    }
}
