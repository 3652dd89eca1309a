package io.callgate.control.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// What operators and relays changed; rows are only ever added.
public final class AuditTable {
    private static final int LONGEST_DETAIL = 2000;

    private final Handle handle;
    private final Ids ids;
    private final Instant now;
    private final String actor;

    AuditTable(Handle handle, Ids ids, Instant now, String actor) {
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
        handle.createUpdate("""
            insert into audit (id, happened_at, actor, action, target, detail)
            values (:id, :at, :actor, :action, :target, :detail)\
            """)
                .bind("id", ids.next())
                .bind("at", now.toEpochMilli())
                .bind("actor", actor)
                .bind("action", action)
                .bind("target", target)
                .bind("detail", detail.isEmpty() ? null : shortened(detail))
                .execute();
    }

    /// The newest first.
    ///
    /// @param before only entries older than this one
    public List<AuditEntry> page(Optional<UUID> before, int limit) {
        return handle.createQuery("""
            select id, happened_at, actor, action, target, detail from audit
            where id < :before order by id desc limit :limit\
            """)
                .bind("before", before.orElse(Page.LAST))
                .bind("limit", limit)
                .map((row, context) -> new AuditEntry(
                        row.getObject("id", UUID.class),
                        Instant.ofEpochMilli(row.getLong("happened_at")),
                        row.getString("actor"),
                        row.getString("action"),
                        row.getString("target"),
                        Optional.ofNullable(row.getString("detail"))))
                .list();
    }

    private static String shortened(String detail) {
        return detail.length() <= LONGEST_DETAIL ? detail : detail.substring(0, LONGEST_DETAIL);
    }
}
