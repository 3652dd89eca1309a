package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Cidr;
import io.callgate.model.PortRange;
import io.callgate.model.Region;
import io.callgate.model.Transport;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/// Pools and their addresses.
public final class PoolTable {
    private final Handle handle;
    private final Ids ids;
    private final Instant now;

    PoolTable(Handle handle, Ids ids, Instant now) {
        this.handle = handle;
        this.ids = ids;
        this.now = now;
    }

    public Optional<Pool> find(String id) {
        return handle.createQuery("select * from pool where id = :id")
                .bind("id", id)
                .map((row, context) -> read(row))
                .findOne();
    }

    /// By id.
    public List<Pool> page(String after, int limit) {
        return handle.createQuery("select * from pool where id > :after order by id limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    /// Of every pool, in their order.
    public List<String> names() {
        return handle.createQuery("select id from pool order by id")
                .mapTo(String.class)
                .list();
    }

    /// The production pools that an app may have, by id.
    public List<Pool> eligible(AppId app, int limit) {
        return handle.createQuery("""
            select * from pool where kind = 'PRODUCTION' and (owner_app is null or owner_app = :app)
            order by id limit :limit\
            """)
                .bind("app", app.value())
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    /// The pools that leases of an app lead to, the preferred first.
    public List<Pool> of(App app) {
        if (app.status() == AppStatus.TRIAL) {
            return handle
                    .createQuery("select * from pool where kind = 'TRIAL' order by id")
                    .map((row, context) -> read(row))
                    .stream()
                    .filter(pool -> pool.admits(app.id()))
                    .toList();
        }
        return handle.createQuery("""
            select pool.* from pool join app_pool on app_pool.pool_id = pool.id
            where app_pool.app_id = :app order by app_pool.place\
            """)
                .bind("app", app.id().value())
                .map((row, context) -> read(row))
                .list();
    }

    public Pool create(String id, Pool.Kind kind, Optional<AppId> owner) {
        return create(id, kind, owner, Pool.DEFAULT_NOTICE_DAYS);
    }

    public Pool create(String id, Pool.Kind kind, Optional<AppId> owner, int noticeDays) {
        handle.createUpdate("""
            insert into pool (id, kind, owner_app, notice_days, created_at)
            values (:id, :kind, :owner, :noticeDays, :now)\
            """)
                .bind("noticeDays", noticeDays)
                .bind("id", id)
                .bind("kind", kind.name())
                .bind("owner", owner.map(AppId::value).orElse(null))
                .bind("now", now.toEpochMilli())
                .execute();
        return new Pool(id, kind, owner, noticeDays, now);
    }

    /// Whether an app, a relay or an address is in it.
    public boolean isUsed(String id) {
        return handle.createQuery("""
            select (select count(*) from app_pool where pool_id = :id)
                 + (select count(*) from relay where pool_id = :id)
                 + (select count(*) from pool_address where pool_id = :id)\
            """).bind("id", id).mapTo(Long.class).one() > 0;
    }

    /// With what only belongs to it: the relay secrets of apps, join tokens.
    public void remove(String id) {
        for (String table : List.of("app_secret", "join_token")) {
            handle.createUpdate("delete from " + table + " where pool_id = :id")
                    .bind("id", id)
                    .execute();
        }
        handle.createUpdate("delete from pool where id = :id").bind("id", id).execute();
    }

    /// The oldest first.
    public List<PoolAddress> addresses(String pool, Optional<UUID> after, int limit) {
        return handle.createQuery("""
            select * from pool_address where pool_id = :pool and id > :after
            order by id limit :limit\
            """)
                .bind("pool", pool)
                .bind("after", after.orElse(Page.FIRST))
                .bind("limit", limit)
                .map((row, context) -> readAddress(row))
                .list();
    }

    /// Where a page of the addresses of all pools goes on.
    public record Place(String pool, UUID address) {
        public static final Place FIRST = new Place("", Page.FIRST);
    }

    /// Of all pools by their id, and of each the oldest first.
    public List<PoolAddress> addressesOfAll(Place after, int limit) {
        return handle.createQuery("""
            select * from pool_address where (pool_id, id) > (:pool, :id)
            order by pool_id, id limit :limit\
            """)
                .bind("pool", after.pool())
                .bind("id", after.address())
                .bind("limit", limit)
                .map((row, context) -> readAddress(row))
                .list();
    }

    public Optional<PoolAddress> address(String pool, UUID id) {
        return handle.createQuery("select * from pool_address where pool_id = :pool and id = :id")
                .bind("pool", pool)
                .bind("id", id)
                .map((row, context) -> readAddress(row))
                .findOne();
    }

    /// The addresses of a pool that hold this very address and port.
    public List<PoolAddress> addressesAt(String pool, Cidr address, int port) {
        return handle.createQuery("""
            select * from pool_address
            where pool_id = :pool and cidr = :cidr and first_port <= :port and last_port >= :port
            order by id\
            """)
                .bind("pool", pool)
                .bind("cidr", address.toString())
                .bind("port", port)
                .map((row, context) -> readAddress(row))
                .list();
    }

    /// Where a relay stands.
    public List<PoolAddress> addressesOf(UUID relay) {
        return handle.createQuery("select * from pool_address where relay_id = :relay order by id")
                .bind("relay", relay)
                .map((row, context) -> readAddress(row))
                .list();
    }

    /// The addresses of the pools that an app's leases lead to, in the pools' order and the oldest first. Each as
    /// it is valid for this app; without those that end before leases of it use their pool.
    public List<PoolAddress> addressesFor(App app) {
        Map<String, Instant> announced = announcedTo(app);
        return of(app).stream()
                .flatMap(pool -> addresses(pool.id(), Optional.empty(), Integer.MAX_VALUE).stream())
                .flatMap(address -> address.notBefore(announced.getOrDefault(address.pool(), Instant.EPOCH)).stream())
                .toList();
    }

    /// The pools that an app's leases do not lead to yet, and from when on; in no order.
    public Map<String, Instant> announcedTo(App app) {
        Map<String, Instant> announced = new HashMap<>();
        handle.createQuery("select pool_id, valid_from from app_pool where app_id = :app and valid_from > :now")
                .bind("app", app.id().value())
                .bind("now", now.toEpochMilli())
                .map((row, context) ->
                        announced.put(row.getString("pool_id"), Instant.ofEpochMilli(row.getLong("valid_from"))))
                .list();
        return announced;
    }

    /// From when leases of an app lead to one of its pools.
    public void announceTo(AppId app, String pool, Instant validFrom) {
        handle.createUpdate("""
            update app_pool set valid_from = :validFrom where app_id = :app and pool_id = :pool\
            """)
                .bind("app", app.value())
                .bind("pool", pool)
                .bind("validFrom", validFrom.toEpochMilli())
                .execute();
    }

    /// Whether a relay stands in a pool that leases of an app have led to since it was active: firewalls may have
    /// opened what it has, and nothing else.
    public boolean leads(AppId app) {
        return handle.createQuery("""
            select count(*) from app_pool join pool_address a on a.pool_id = app_pool.pool_id
            where app_pool.app_id = :app and app_pool.valid_from <= :now and a.relay_id is not null\
            """)
                        .bind("app", app.value())
                        .bind("now", now.toEpochMilli())
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    /// Whether a relay stands at an address of it: clients may be led there.
    public boolean isInUse(String pool) {
        return handle.createQuery("""
            select count(*) from pool_address where pool_id = :pool and relay_id is not null\
            """).bind("pool", pool).mapTo(Long.class).one() > 0;
    }

    public boolean hasAddresses(String pool) {
        return handle.createQuery("select count(*) from pool_address where pool_id = :pool")
                        .bind("pool", pool)
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    /// @param address its id is not looked at
    public PoolAddress addAddress(PoolAddress address) {
        UUID id = ids.next();
        Update insert = handle.createUpdate("""
            insert into pool_address (id, pool_id, relay_id, cidr, first_port, last_port, transports, region,
                carrier, domain, server_name, spki, purpose, valid_from, valid_until)
            values (:id, :pool, :relay, :cidr, :firstPort, :lastPort, :transports, :region,
                :carrier, :domain, :serverName, :spki, :purpose, :validFrom, :validUntil)\
            """)
                .bind("id", id)
                .bind("pool", address.pool())
                .bind("cidr", address.cidr().toString())
                .bind("firstPort", address.ports().first())
                .bind("lastPort", address.ports().last())
                .bind("transports", print(address.transports()))
                .bind("region", address.region().value())
                .bind("carrier", address.carrier().orElse(null))
                .bind("domain", address.domain().orElse(null))
                .bind("serverName", address.serverName().orElse(null))
                .bind("spki", address.spki().orElse(null))
                .bind("purpose", address.purpose())
                .bind("validFrom", address.validFrom().toEpochMilli())
                .bind(
                        "validUntil",
                        address.validUntil().map(Instant::toEpochMilli).orElse(null));
        address.relay()
                .ifPresentOrElse(
                        relay -> insert.bind("relay", relay),
                        () -> insert.bindNull("relay", Types.OTHER)); // an untyped null is text to PostgreSQL, no uuid
        insert.execute();
        return address(address.pool(), id).orElseThrow();
    }

    /// A relay takes its place at an address that was published before.
    public void occupy(UUID address, UUID relay, Optional<String> serverName, Optional<String> spki) {
        handle.createUpdate("""
            update pool_address set relay_id = :relay, server_name = :serverName, spki = :spki
            where id = :id\
            """)
                .bind("id", address)
                .bind("relay", relay)
                .bind("serverName", serverName.orElse(null))
                .bind("spki", spki.orElse(null))
                .execute();
    }

    /// The relay stands there no more; the address stays published.
    public void vacate(UUID address) {
        handle.createUpdate("""
            update pool_address set relay_id = null, server_name = null, spki = null where id = :id\
            """).bind("id", address).execute();
    }

    /// From when leases use an address.
    public void announce(UUID address, Instant validFrom) {
        handle.createUpdate("update pool_address set valid_from = :validFrom where id = :id")
                .bind("id", address)
                .bind("validFrom", validFrom.toEpochMilli())
                .execute();
    }

    /// Until when leases use an address.
    public void end(UUID address, Instant validUntil) {
        handle.createUpdate("update pool_address set valid_until = :validUntil where id = :id")
                .bind("id", address)
                .bind("validUntil", validUntil.toEpochMilli())
                .execute();
    }

    /// For how long new addresses of a pool are announced from now on.
    public void announceFor(String pool, int noticeDays) {
        handle.createUpdate("update pool set notice_days = :noticeDays where id = :id")
                .bind("id", pool)
                .bind("noticeDays", noticeDays)
                .execute();
    }

    /// @return whether there was such a one
    public boolean removeAddress(String pool, UUID id) {
        return handle.createUpdate("delete from pool_address where pool_id = :pool and id = :id")
                        .bind("pool", pool)
                        .bind("id", id)
                        .execute()
                > 0;
    }

    private static Pool read(ResultSet row) throws SQLException {
        return new Pool(
                row.getString("id"),
                Pool.Kind.valueOf(row.getString("kind")),
                Optional.ofNullable(row.getString("owner_app")).map(AppId::new),
                row.getInt("notice_days"),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }

    static PoolAddress readAddress(ResultSet row) throws SQLException {
        long validUntil = row.getLong("valid_until");
        Optional<Instant> end = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(validUntil));
        return new PoolAddress(
                row.getObject("id", UUID.class),
                row.getString("pool_id"),
                Optional.ofNullable(row.getObject("relay_id", UUID.class)),
                Cidr.parse(row.getString("cidr")),
                new PortRange(row.getInt("first_port"), row.getInt("last_port")),
                parseTransports(row.getString("transports")),
                new Region(row.getString("region")),
                Optional.ofNullable(row.getString("carrier")),
                Optional.ofNullable(row.getString("domain")),
                Optional.ofNullable(row.getString("server_name")),
                Optional.ofNullable(row.getString("spki")),
                row.getString("purpose"),
                Instant.ofEpochMilli(row.getLong("valid_from")),
                end);
    }

    private static String print(Set<Transport> transports) {
        return transports.stream().sorted().map(Transport::lowerCase).collect(Collectors.joining(","));
    }

    private static Set<Transport> parseTransports(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(name -> Transport.valueOf(name.toUpperCase(Locale.ROOT)))
                .collect(Collectors.toSet());
    }
}
