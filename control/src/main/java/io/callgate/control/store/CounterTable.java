package io.callgate.control.store;

import org.jdbi.v3.core.Handle;

/// Numbers that rise with every change: of what relays are told, of what firewalls must open.
///
/// The row is locked from the raise to the end of the transaction, so numbers rise in the order of the changes.
public final class CounterTable {
    /// What a number counts.
    public enum Counter {
        STATE("state"),
        ALLOWLIST("allowlist");

        private final String row;

        Counter(String row) {
            this.row = row;
        }

        String row() {
            return row;
        }
    }

    /// Both numbers at one moment: what was looked up under them is true for as long as they stay.
    public record Versions(long state, long allowlist) {}

    private final Handle handle;

    CounterTable(Handle handle) {
        this.handle = handle;
    }

    public long read(Counter counter) {
        return handle.createQuery("select amount from counter where name = :name")
                .bind("name", counter.row)
                .mapTo(Long.class)
                .one();
    }

    public void raise(Counter counter) {
        handle.createUpdate("update counter set amount = amount + 1 where name = :name")
                .bind("name", counter.row)
                .execute();
    }
}
