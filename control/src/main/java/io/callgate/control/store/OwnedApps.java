package io.callgate.control.store;

import io.callgate.model.AppId;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Which apps each owner has: one table for tokens, one for users of the console.
final class OwnedApps {
    private final Handle handle;
    private final String table;
    private final String owner;

    private OwnedApps(Handle handle, String table, String owner) {
        this.handle = handle;
        this.table = table;
        this.owner = owner;
    }

    static OwnedApps ofTokens(Handle handle) {
        return new OwnedApps(handle, "operator_token_app", "token_id");
    }

    static OwnedApps ofUsers(Handle handle) {
        return new OwnedApps(handle, "console_user_app", "user_name");
    }

    /// @param key of the token or user; nothing is looked up for a role that owns none
    List<AppId> of(Object key, Operator.Role role) {
        return role == Operator.Role.APP_OWNER
                ? handle.createQuery("select app_id from " + table + " where " + owner + " = :owner")
                        .bind("owner", key)
                        .map((row, context) -> new AppId(row.getString("app_id")))
                        .list()
                : List.of();
    }

    void replace(Object key, Collection<AppId> apps) {
        remove(key);
        for (AppId app : apps) {
            handle.createUpdate("insert into " + table + " (" + owner + ", app_id) values (:owner, :app)")
                    .bind("owner", key)
                    .bind("app", app.value())
                    .execute();
        }
    }

    void remove(Object key) {
        handle.createUpdate("delete from " + table + " where " + owner + " = :owner")
                .bind("owner", key)
                .execute();
    }
}
