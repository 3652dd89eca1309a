package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Region;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
        return handle.createQuery(SELECT + " where relay.id = :id")
                .bind("id", key.id())
                .map((row, context) ->
                        key.hasHash(row.getString("key_hash")) ? Optional.of(read(row)) : Optional.<RelayNode>empty())
                .findOne()
                .flatMap(relay -> relay);
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
