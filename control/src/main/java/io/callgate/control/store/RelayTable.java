package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.Region;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// The relays of the fleet, how they get in, and what they report.
public final class RelayTable {
    public static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /// A relay that has been silent for so long gets no new clients.
    public static final Duration SILENCE = HEARTBEAT.multipliedBy(3);

    private static final String SELECT = """
        select relay.*, r.epoch, r.sequence_number, r.seen_at, r.software, r.load_percent,
            r.draining as self_draining, r.state_version, r.refusal, r.refusals,
            (select coalesce(sum(sessions), 0) from relay_app_report a
             where a.relay_id = relay.id and a.epoch = r.epoch) as sessions
        from relay left join relay_report r on r.relay_id = relay.id\
        """;

    private final Handle handle;
    private final Ids ids;
    private final Instant now;

    RelayTable(Handle handle, Ids ids, Instant now) {
        this.handle = handle;
        this.ids = ids;
        this.now = now;
    }

    public BearerToken createJoinToken(JoinToken terms, Duration life) {
        BearerToken token = BearerToken.mint(BearerToken.Kind.JOIN, ids.next());
        handle.createUpdate("""
            insert into join_token (id, hash, pool_id, region, carrier, expires_at)
            values (:id, :hash, :pool, :region, :carrier, :expiresAt)\
            """)
                .bind("id", token.id())
                .bind("hash", token.hash())
                .bind("pool", terms.pool())
                .bind("region", terms.region().value())
                .bind("carrier", terms.carrier().orElse(null))
                .bind("expiresAt", now.plus(life).toEpochMilli())
                .execute();
        return token;
    }

    /// Uses a join token up: of two relays with the same one, one gets in.
    public Optional<JoinToken> redeem(BearerToken token) {
        Optional<JoinToken> terms = handle.createQuery("select * from join_token where id = :id")
                .bind("id", token.id())
                .map((row, context) -> new Object() {
                    final String hash = row.getString("hash");
                    final long expiresAt = row.getLong("expires_at");
                    final JoinToken terms = new JoinToken(
                            row.getString("pool_id"),
                            new Region(row.getString("region")),
                            Optional.ofNullable(row.getString("carrier")));
                })
                .findOne()
                .filter(row -> token.hasHash(row.hash) && row.expiresAt > now.toEpochMilli())
                .map(row -> row.terms);
        int removed = terms.isEmpty()
                ? 0
                : handle.createUpdate("delete from join_token where id = :id")
                        .bind("id", token.id())
                        .execute();
        return removed == 1 ? terms : Optional.empty();
    }

    /// @return the new relay's key
    public BearerToken create(String name, JoinToken terms) {
        BearerToken key = BearerToken.mint(BearerToken.Kind.RELAY, ids.next());
        handle.createUpdate("""
            insert into relay (id, name, pool_id, region, carrier, key_hash, joined_at, draining)
            values (:id, :name, :pool, :region, :carrier, :hash, :now, false)\
            """)
                .bind("id", key.id())
                .bind("name", name)
                .bind("pool", terms.pool())
                .bind("region", terms.region().value())
                .bind("carrier", terms.carrier().orElse(null))
                .bind("hash", key.hash())
                .bind("now", now.toEpochMilli())
                .execute();
        return key;
    }

    public boolean hasName(String name) {
        return handle.createQuery("select count(*) from relay where name = :name")
                        .bind("name", name)
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    public Optional<RelayNode> find(UUID id) {
        return handle.createQuery(SELECT + " where relay.id = :id")
                .bind("id", id)
                .map((row, context) -> read(row))
                .findOne();
    }

    public Optional<RelayNode> authenticate(BearerToken key) {
        return handle.createQuery("select key_hash from relay where id = :id")
                .bind("id", key.id())
                .mapTo(String.class)
                .findOne()
                .filter(key::hasHash)
                .flatMap(hash -> find(key.id()));
    }

    /// The oldest first.
    public List<RelayNode> page(Optional<UUID> after, int limit) {
        return handle.createQuery(SELECT + " where relay.id > :after order by relay.id limit :limit")
                .bind("after", after.orElse(Page.FIRST))
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    /// @param from its sessions now; of a relay that drains already it stays as it was
    public void drain(UUID id, long from) {
        handle.createUpdate("update relay set draining = true, drain_from = :from where id = :id and not draining")
                .bind("id", id)
                .bind("from", from)
                .execute();
    }

    public void resume(UUID id) {
        handle.createUpdate("update relay set draining = false, drain_from = null where id = :id")
                .bind("id", id)
                .execute();
    }

    /// With its addresses.
    public void move(UUID id, String pool) {
        for (String update : List.of(
                "update relay set pool_id = :pool where id = :id",
                "update pool_address set pool_id = :pool where relay_id = :id")) {
            handle.createUpdate(update).bind("id", id).bind("pool", pool).execute();
        }
    }

    /// Its addresses stay published.
    public void remove(UUID id) {
        for (String update : List.of(
                "update pool_address set relay_id = null, server_name = null, spki = null where relay_id = :id",
                "delete from live_session where relay_id = :id",
                "delete from relay_app_report where relay_id = :id",
                "delete from relay_app_ingress where relay_id = :id",
                "delete from relay_report where relay_id = :id",
                "delete from relay where id = :id")) {
            handle.createUpdate(update).bind("id", id).execute();
        }
    }

    /// Takes a heartbeat; one that is older than the last of its epoch changes nothing.
    ///
    /// @return whether it was taken
    public boolean report(UUID relay, RelayReport report, List<AppNeed> needs) {
        int rows = handle.createUpdate("""
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
            """)
                .bind("relay", relay)
                .bind("epoch", report.epoch())
                .bind("sequence", report.sequence())
                .bind("seenAt", now.toEpochMilli())
                .bind("software", report.software().orElse(null))
                .bind("load", report.loadPercent())
                .bind("draining", report.draining())
                .bind("version", report.stateVersion())
                .bind("refusal", report.refusal().orElse(null))
                .bind("refusals", report.refusalsText())
                .execute();
        if (rows == 0) {
            return false;
        }
        reportNeeds(relay, report.epoch(), needs);
        return true;
    }

    /// How many sessions of an app the living relays reported last.
    public long liveSessions(AppId app) {
        return handle.createQuery("""
            select coalesce(sum(sessions), 0) from relay_app_report
            where app_id = :app and seen_at >= :alive\
            """)
                .bind("app", app.value())
                .bind("alive", aliveSince().toEpochMilli())
                .mapTo(Long.class)
                .one();
    }

    /// What the living relays need together, by app.
    ///
    /// @param pool of the relay that asks
    public Map<AppId, FleetNeed> needs(String pool, List<AppId> apps) {
        if (apps.isEmpty()) {
            return Map.of();
        }
        int relays = handle.createQuery("""
            select count(*) from relay join relay_report r on r.relay_id = relay.id
            where relay.pool_id = :pool and r.seen_at >= :alive\
            """)
                .bind("pool", pool)
                .bind("alive", aliveSince().toEpochMilli())
                .mapTo(Integer.class)
                .one();
        return handle
                .createQuery("""
                    select a.app_id, sum(case when relay.pool_id = :pool then 0 else 1 end) as elsewhere,
                        sum(a.sessions) as sessions, sum(a.wanted_sessions) as wanted_sessions,
                        sum(a.kbit_per_second) as kbit_per_second, sum(a.wanted_kbit_per_second) as wanted_kbit_per_second
                    from relay_app_report a join relay on relay.id = a.relay_id
                    where a.app_id in (<apps>) and a.seen_at >= :alive group by a.app_id\
                    """)
                .bind("pool", pool)
                .bind("alive", aliveSince().toEpochMilli())
                .bindList("apps", apps.stream().map(AppId::value).toList())
                .map((row, context) -> new FleetNeed(
                        new AppId(row.getString("app_id")),
                        relays + row.getInt("elsewhere"),
                        row.getLong("sessions"),
                        row.getLong("wanted_sessions"),
                        row.getLong("kbit_per_second"),
                        row.getLong("wanted_kbit_per_second")))
                .stream()
                .collect(Collectors.toMap(FleetNeed::app, need -> need));
    }

    /// Where clients of these pools may be led now: valid addresses with a relay that lives, has heard what to
    /// serve and does not drain.
    public List<LivePlace> livePlaces(List<String> pools) {
        if (pools.isEmpty()) {
            return List.of();
        }
        return handle.createQuery("""
            select a.*, relay.name as relay_name, r.load_percent from pool_address a
            join relay on relay.id = a.relay_id join relay_report r on r.relay_id = relay.id
            where a.pool_id in (<pools>) and not relay.draining and not r.draining
                and r.seen_at >= :alive and r.state_version > 0 and a.valid_from <= :now
                and (a.valid_until is null or a.valid_until > :now)
            order by a.id\
            """)
                .bindList("pools", pools)
                .bind("alive", aliveSince().toEpochMilli())
                .bind("now", now.toEpochMilli())
                .map((row, context) -> new LivePlace(
                        row.getString("relay_name"), PoolTable.readAddress(row), row.getInt("load_percent")))
                .list();
    }

    /// Whether a living relay of these pools has an older state in force than that version.
    public boolean hasOlderState(List<String> pools, long version) {
        return !pools.isEmpty()
                && handle.createQuery("""
                    select count(*) from relay join relay_report r on r.relay_id = relay.id
                    where relay.pool_id in (<pools>) and r.seen_at >= :alive
                        and r.state_version > 0 and r.state_version < :version\
                    """)
                                .bindList("pools", pools)
                                .bind("alive", aliveSince().toEpochMilli())
                                .bind("version", version)
                                .mapTo(Integer.class)
                                .one()
                        > 0;
    }

    public boolean isAlive(RelayNode relay) {
        return relay.report()
                .filter(report -> !report.seenAt().isBefore(aliveSince()))
                .isPresent();
    }

    private void reportNeeds(UUID relay, String epoch, List<AppNeed> needs) {
        if (!needs.isEmpty()) {
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
            for (AppNeed need : needs) {
                batch.bind("relay", relay)
                        .bind("app", need.app().value())
                        .bind("epoch", epoch)
                        .bind("seenAt", now.toEpochMilli())
                        .bind("sessions", need.sessions())
                        .bind("wantedSessions", need.wantedSessions())
                        .bind("kbit", need.kbitPerSecond())
                        .bind("wantedKbit", need.wantedKbitPerSecond())
                        .add();
            }
            batch.execute();
        }
        // An app that was not told of has nothing on this relay any more.
        handle.createUpdate("delete from relay_app_report where relay_id = :relay and seen_at < :now")
                .bind("relay", relay)
                .bind("now", now.toEpochMilli())
                .execute();
    }

    private Instant aliveSince() {
        return now.minus(SILENCE);
    }

    private static RelayNode read(ResultSet row) throws SQLException {
        Optional<RelayReport> report = Optional.empty();
        if (row.getString("epoch") != null) {
            report = Optional.of(new RelayReport(
                    row.getString("epoch"),
                    row.getLong("sequence_number"),
                    Instant.ofEpochMilli(row.getLong("seen_at")),
                    Optional.ofNullable(row.getString("software")),
                    row.getInt("load_percent"),
                    row.getBoolean("self_draining"),
                    row.getLong("sessions"),
                    row.getLong("state_version"),
                    Optional.ofNullable(row.getString("refusal")),
                    RelayReport.parseRefusals(row.getString("refusals"))));
        }
        return new RelayNode(
                row.getObject("id", UUID.class),
                row.getString("name"),
                row.getString("pool_id"),
                new Region(row.getString("region")),
                Optional.ofNullable(row.getString("carrier")),
                Instant.ofEpochMilli(row.getLong("joined_at")),
                row.getBoolean("draining"),
                Optional.ofNullable((Long) row.getObject("drain_from")),
                report);
    }
}
