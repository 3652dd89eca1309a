package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Subject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// What operators and relays changed; rows are only ever added, but for subjects who want to be forgotten and for
/// what is older than the retention.
public final class AuditTable {
    private static final int LONGEST_DETAIL = 2000;
    private static final int LONGEST_VALUE = 20_000;

    private final Handle handle;
    private final Ids ids;
    private final Instant now;
    private final Actor actor;

    AuditTable(Handle handle, Ids ids, Instant now, Actor actor) {
        this.handle = handle;
        this.ids = ids;
        this.now = now;
        this.actor = actor;
    }

    public void add(String action, String target) {
        add(action, target, "");
    }

    /// @param detail for people; cut to 2,000 characters
    public void add(String action, String target, String detail) {
        add(action, target, detail, "", "");
    }

    /// @param before what was; empty for what is new
    /// @param after what is now; empty for what is gone
    public void add(String action, String target, String detail, String before, String after) {
        handle.createUpdate("""
            insert into audit (id, happened_at, actor, origin, action, target, detail, old_value, new_value)
            values (:id, :at, :actor, :origin, :action, :target, :detail, :before, :after)\
            """)
                .bind("id", ids.next())
                .bind("at", now.toEpochMilli())
                .bind("actor", actor.name())
                .bind("origin", actor.origin().orElse(null))
                .bind("action", action)
                .bind("target", target)
                .bind("detail", shortened(detail, LONGEST_DETAIL))
                .bind("before", shortened(before, LONGEST_VALUE))
                .bind("after", shortened(after, LONGEST_VALUE))
                .execute();
    }

    /// The newest first.
    ///
    /// @param before only entries older than this one
    public List<AuditEntry> page(Optional<UUID> before, int limit) {
        return page(Optional.empty(), before, limit);
    }

    /// @param target only of this one
    public List<AuditEntry> page(Optional<String> target, Optional<UUID> before, int limit) {
        var query = handle.createQuery("select * from audit where id < :before"
                        + (target.isPresent() ? " and target = :target" : "") + " order by id desc limit :limit")
                .bind("before", before.orElse(Page.LAST))
                .bind("limit", limit);
        target.ifPresent(only -> query.bind("target", only));
        return query.map((row, context) -> read(row)).list();
    }

    /// Takes a subject's name out of what operators did to it and made for it: all actions that name one.
    ///
    /// @return how many entries named it
    public int forget(AppId app, Subject subject) {
        return handle.createUpdate("""
            update audit set target = :app where action = 'session.end' and target = :both\
            """)
                        .bind("app", app.value())
                        .bind("both", app + " " + subject)
                        .execute()
                + handle.createUpdate("""
                    update audit set detail = null where target = :app and detail = :subject
                        and action in ('app.revoke', 'app.token.mint', 'app.credential.mint')\
                    """)
                        .bind("app", app.value())
                        .bind("subject", subject.value())
                        .execute();
    }

    private static AuditEntry read(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getObject("id", UUID.class),
                Instant.ofEpochMilli(row.getLong("happened_at")),
                row.getString("actor"),
                Optional.ofNullable(row.getString("origin")),
                row.getString("action"),
                row.getString("target"),
                Optional.ofNullable(row.getString("detail")),
                Optional.ofNullable(row.getString("old_value")),
                Optional.ofNullable(row.getString("new_value")));
    }

    private static @Nullable String shortened(String text, int longest) {
        if (text.isEmpty()) {
            return null;
        }
        return text.length() <= longest ? text : text.substring(0, longest);
    }
}
