package io.callgate.control.store;

import io.callgate.model.AppId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The apps and which pools they use.
public final class AppTable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final Handle handle;
    private final Instant now;

    AppTable(Handle handle, Instant now) {
        this.handle = handle;
        this.now = now;
    }

    public Optional<App> find(AppId id) {
        return handle.createQuery("select * from app where id = :id")
                .bind("id", id.value())
                .map((row, context) -> read(row))
                .findOne();
    }

    /// By id.
    public List<App> page(String after, int limit) {
        return handle.createQuery("select * from app where id > :after order by id limit :limit")
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    /// Those whose id begins with a text, by id.
    public List<AppId> beginningWith(String beginning, int limit) {
        return handle.createQuery("select id from app where left(id, :length) = :beginning order by id limit :limit")
                .bind("length", beginning.length())
                .bind("beginning", beginning)
                .bind("limit", limit)
                .map((row, context) -> new AppId(row.getString("id")))
                .list();
    }

    /// The apps whose clients may be led to a pool: on trial for a trial pool, else active ones that have it. A
    /// pool with an owner serves its owner only.
    public List<App> servedBy(Pool pool) {
        return handle
                .createQuery("select * from app where id in (" + idsServedBy(pool) + ") order by id")
                .bind("pool", pool.id())
                .map((row, context) -> read(row))
                .stream()
                .filter(app -> pool.admits(app.id()))
                .toList();
    }

    /// A query of the same apps' ids, and of some that a pool with an owner does not admit. It has a parameter
    /// `pool`.
    static String idsServedBy(Pool pool) {
        return pool.kind() == Pool.Kind.TRIAL ? """
            select app.id from app join pool on pool.id = :pool where app.state = 'TRIAL'\
            """ : """
                select app.id from app join app_pool on app_pool.app_id = app.id
                where app.state = 'ACTIVE' and app_pool.pool_id = :pool\
                """;
    }

    /// @throws org.jdbi.v3.core.statement.UnableToExecuteStatementException if there is one with this id
    public App create(AppId id, AppSettings settings) {
        App app = new App(id, AppStatus.REQUESTED, 1, now, now, settings);
        handle.createUpdate("""
            insert into app (id, state, revision, created_at, changed_at, settings)
            values (:id, :state, 1, :now, :now, :settings)\
            """)
                .bind("id", id.value())
                .bind("state", app.status().name())
                .bind("now", now.toEpochMilli())
                .bind("settings", AppSettingsJson.write(settings).toString())
                .execute();
        writePools(app, Map.of());
        return app;
    }

    /// Replaces the app that was read with this revision. Of an active one leases use its pools from now on, but
    /// for those that are announced ([PoolTable#announceTo]).
    ///
    /// @return the app as it is now; empty if somebody else changed it since it was read
    public Optional<App> replace(App app) {
        int rows = handle.createUpdate("""
            update app set state = :state, revision = revision + 1, changed_at = :now, settings = :settings
            where id = :id and revision = :revision\
            """)
                .bind("id", app.id().value())
                .bind("state", app.status().name())
                .bind("revision", app.revision())
                .bind("now", now.toEpochMilli())
                .bind("settings", AppSettingsJson.write(app.settings()).toString())
                .execute();
        if (rows == 0) {
            return Optional.empty();
        }
        Map<String, Long> validFrom = poolsValidFrom(app.id());
        handle.createUpdate("delete from app_pool where app_id = :id")
                .bind("id", app.id().value())
                .execute();
        writePools(app, validFrom);
        return Optional.of(new App(app.id(), app.status(), app.revision() + 1, app.createdAt(), now, app.settings()));
    }

    private void writePools(App app, Map<String, Long> validFrom) {
        @Nullable Long unlessKnown = app.status() == AppStatus.ACTIVE ? now.toEpochMilli() : null;
        int place = 0;
        for (String pool : app.settings().pools()) {
            handle.createUpdate("""
                insert into app_pool (app_id, place, pool_id, valid_from) values (:app, :place, :pool, :validFrom)\
                """)
                    .bind("app", app.id().value())
                    .bind("place", place++)
                    .bind("pool", pool)
                    .bindByType("validFrom", validFrom.getOrDefault(pool, unlessKnown), Long.class)
                    .execute();
        }
    }

    private Map<String, Long> poolsValidFrom(AppId app) {
        Map<String, Long> validFrom = new HashMap<>();
        handle.createQuery("select pool_id, valid_from from app_pool where app_id = :app and valid_from is not null")
                .bind("app", app.value())
                .map((row, context) -> validFrom.put(row.getString("pool_id"), row.getLong("valid_from")))
                .list();
        return validFrom;
    }

    private static App read(ResultSet row) throws SQLException {
        return new App(
                new AppId(row.getString("id")),
                AppStatus.valueOf(row.getString("state")),
                row.getLong("revision"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("changed_at")),
                AppSettingsJson.merge(AppSettings.of("-"), MAPPER.readTree(row.getString("settings"))));
    }
}
