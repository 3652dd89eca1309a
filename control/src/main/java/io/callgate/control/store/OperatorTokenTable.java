package io.callgate.control.store;

import io.callgate.model.AppId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Who may operate: tokens, kept as hashes.
public final class OperatorTokenTable {
    private final Handle handle;
    private final OwnedApps owned;
    private final Ids ids;
    private final Instant now;

    OperatorTokenTable(Handle handle, Ids ids, Instant now) {
        this.handle = handle;
        this.owned = OwnedApps.ofTokens(handle);
        this.ids = ids;
        this.now = now;
    }

    public BearerToken create(String name, Operator.Role role) {
        return create(name, role, List.of());
    }

    /// @param apps of an app's owner; else empty
    public BearerToken create(String name, Operator.Role role, List<AppId> apps) {
        BearerToken token = BearerToken.mint(BearerToken.Kind.OPERATOR, ids.next());
        handle.createUpdate("""
            insert into operator_token (id, name, kind, hash, created_at)
            values (:id, :name, :kind, :hash, :now)\
            """)
                .bind("id", token.id())
                .bind("name", name)
                .bind("kind", role.name())
                .bind("hash", token.hash())
                .bind("now", now.toEpochMilli())
                .execute();
        owned.replace(token.id(), apps);
        return token;
    }

    public Optional<Operator> authenticate(BearerToken token) {
        return handle.createQuery("select * from operator_token where id = :id")
                .bind("id", token.id())
                .map((row, context) ->
                        token.hasHash(row.getString("hash")) ? Optional.of(read(row)) : Optional.<Operator>empty())
                .findOne()
                .flatMap(operator -> operator);
    }

    /// The oldest first.
    public List<Operator> page(Optional<UUID> after, int limit) {
        return handle.createQuery("select * from operator_token where id > :after order by id limit :limit")
                .bind("after", after.orElse(Page.FIRST))
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list();
    }

    /// @return whether there was such a one
    public boolean remove(UUID id) {
        owned.remove(id);
        return handle.createUpdate("delete from operator_token where id = :id")
                        .bind("id", id)
                        .execute()
                > 0;
    }

    private Operator read(ResultSet row) throws SQLException {
        UUID id = row.getObject("id", UUID.class);
        Operator.Role role = Operator.Role.valueOf(row.getString("kind"));
        return new Operator(
                id, row.getString("name"), role, owned.of(id, role), Instant.ofEpochMilli(row.getLong("created_at")));
    }
}
