package io.callgate.control.store;

import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistEntry;
import io.callgate.model.AppId;
import io.callgate.model.Cidr;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.Region;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// The allowlists of apps: each version as it was handed out, for ever.
public final class AllowlistTable {
    private final Handle handle;

    AllowlistTable(Handle handle) {
        this.handle = handle;
    }

    /// What the newest version of an app's list was last seen to be true for.
    ///
    /// @param book the allowlist counter then
    /// @param until the first of its entries ends then
    public record Standing(long version, long book, long appRevision, Instant until) {}

    /// One version without its entries.
    public record Version(long version, Instant issuedAt, int entries) {}

    public Optional<Standing> standing(AppId app) {
        return handle.createQuery("select * from allowlist_standing where app_id = :app")
                .bind("app", app.value())
                .map((row, context) -> new Standing(
                        row.getLong("version"),
                        row.getLong("book"),
                        row.getLong("app_revision"),
                        Instant.ofEpochMilli(row.getLong("until_at"))))
                .findOne();
    }

    public void stand(AppId app, Standing standing) {
        handle.createUpdate("""
            merge into allowlist_standing as s
            using (values (cast(:app as varchar(64)), cast(:version as bigint), cast(:book as bigint),
                cast(:revision as bigint), cast(:until as bigint)))
            as n (app_id, version, book, app_revision, until_at)
            on s.app_id = n.app_id
            when matched then update set version = n.version, book = n.book, app_revision = n.app_revision,
                until_at = n.until_at
            when not matched then insert (app_id, version, book, app_revision, until_at)
            values (n.app_id, n.version, n.book, n.app_revision, n.until_at)\
            """)
                .bind("app", app.value())
                .bind("version", standing.version())
                .bind("book", standing.book())
                .bind("revision", standing.appRevision())
                .bind("until", standing.until().toEpochMilli())
                .execute();
    }

    public Optional<Allowlist> find(AppId app, long version) {
        return handle.createQuery("select issued_at from allowlist_version where app_id = :app and version = :version")
                .bind("app", app.value())
                .bind("version", version)
                .mapTo(Long.class)
                .findOne()
                .map(issuedAt -> new Allowlist(
                        Optional.of(app),
                        version,
                        Instant.ofEpochMilli(issuedAt),
                        Allowlist.Side.CLIENT,
                        entries(app, version)));
    }

    /// The newest first.
    public List<Version> page(AppId app, long before, int limit) {
        return handle.createQuery("""
            select v.version, v.issued_at, (select count(*) from allowlist_entry e
                where e.app_id = v.app_id and e.version = v.version) as entries
            from allowlist_version v where v.app_id = :app and v.version < :before
            order by v.version desc limit :limit\
            """)
                .bind("app", app.value())
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> new Version(
                        row.getLong("version"), Instant.ofEpochMilli(row.getLong("issued_at")), row.getInt("entries")))
                .list();
    }

    /// @param list of an app, with addresses in all its entries
    public void add(Allowlist list) {
        String app = list.app().orElseThrow().value();
        handle.createUpdate("""
            insert into allowlist_version (app_id, version, issued_at) values (:app, :version, :issuedAt)\
            """)
                .bind("app", app)
                .bind("version", list.version())
                .bind("issuedAt", list.issuedAt().toEpochMilli())
                .execute();
        if (list.entries().isEmpty()) {
            return;
        }
        var batch = handle.prepareBatch("""
            insert into allowlist_entry (app_id, version, place, cidr, first_port, last_port, protocol, domain,
                region, purpose, valid_from, valid_until)
            values (:app, :version, :place, :cidr, :firstPort, :lastPort, :protocol, :domain,
                :region, :purpose, :validFrom, :validUntil)\
            """);
        int place = 0;
        for (AllowlistEntry entry : list.entries()) {
            batch.bind("app", app)
                    .bind("version", list.version())
                    .bind("place", place++)
                    .bind("cidr", entry.address().orElseThrow().toString())
                    .bind("firstPort", entry.ports().first())
                    .bind("lastPort", entry.ports().last())
                    .bind("protocol", entry.protocol().name())
                    .bind("domain", entry.domain().orElse(null))
                    .bind("region", entry.region().orElseThrow().value())
                    .bind("purpose", entry.purpose())
                    .bind("validFrom", entry.validFrom().toEpochMilli())
                    .bind(
                            "validUntil",
                            entry.validUntil().map(Instant::toEpochMilli).orElse(null))
                    .add();
        }
        batch.execute();
    }

    private List<AllowlistEntry> entries(AppId app, long version) {
        return handle.createQuery("""
            select * from allowlist_entry where app_id = :app and version = :version order by place\
            """)
                .bind("app", app.value())
                .bind("version", version)
                .map((row, context) -> read(row))
                .list();
    }

    private static AllowlistEntry read(ResultSet row) throws SQLException {
        long validUntil = row.getLong("valid_until");
        Optional<Instant> end = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(validUntil));
        return new AllowlistEntry(
                AllowlistEntry.Direction.OUTBOUND,
                Optional.ofNullable(row.getString("domain")),
                Optional.of(Cidr.parse(row.getString("cidr"))),
                new PortRange(row.getInt("first_port"), row.getInt("last_port")),
                Protocol.valueOf(row.getString("protocol")),
                row.getString("purpose"),
                Optional.of(new Region(row.getString("region"))),
                Instant.ofEpochMilli(row.getLong("valid_from")),
                end);
    }
}
