package io.callgate.control.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Handle;

/// How long what accumulates is kept, and its end.
public final class RetentionTable {
    /// What accumulates.
    public enum Kind {
        /// Usage by hour, peaks, quota excesses.
        USAGE,
        /// Networks that clients come from.
        SITES,
        AUDIT;

        String row() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Handle handle;
    private final Instant now;

    RetentionTable(Handle handle, Instant now) {
        this.handle = handle;
        this.now = now;
    }

    public int days(Kind kind) {
        return handle.createQuery("select days from retention where kind = :kind")
                .bind("kind", kind.row())
                .mapTo(Integer.class)
                .one();
    }

    public void keep(Kind kind, int days) {
        handle.createUpdate("update retention set days = :days where kind = :kind")
                .bind("kind", kind.row())
                .bind("days", days)
                .execute();
    }

    /// Removes what is older.
    ///
    /// @return how many rows that were
    public int purge() {
        int rows = 0;
        for (String table : List.of("usage_count", "session_peak", "quota_excess")) {
            rows += remove(table, "hour_at", Kind.USAGE);
        }
        rows += remove("site_reach", "last_at", Kind.SITES);
        return rows + remove("audit", "happened_at", Kind.AUDIT);
    }

    private int remove(String table, String column, Kind kind) {
        return handle.createUpdate("delete from " + table + " where " + column + " < :oldest")
                .bind("oldest", now.minus(Duration.ofDays(days(kind))).toEpochMilli())
                .execute();
    }
}
