package io.callgate.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A database from when a uid could have several revocations.
class RevocationsMigrationTest {
    private static final Instant END = TestDatabase.CLOCK.now().plusSeconds(1_000_000_000);

    @ParameterizedTest
    @EnumSource
    void ofAUidsRevocationsTheLastToEndIsLeft(TestDatabase database) throws SQLException {
        StoreOptions options = database.another("revocations");
        try (var connection = TestDatabase.connectAsOf("6", options);
                var statement = connection.createStatement()) {
            statement.execute("""
                insert into app (id, state, revision, created_at, changed_at, settings)
                values ('demo', 'ACTIVE', 1, 1, 1, '{}'), ('other', 'ACTIVE', 1, 1, 1, '{}')\
                """);
            String insert =
                    "insert into revocation (id, app_id, uid, not_before, expires_at) values ('%s', '%s', '%s', 1, %d)";
            statement.execute(insert.formatted(new UUID(0, 1), "demo", "eve", END.toEpochMilli()));
            statement.execute(insert.formatted(new UUID(0, 2), "demo", "eve", END.toEpochMilli() - 1));
            statement.execute(insert.formatted(new UUID(0, 3), "demo", "bob", END.toEpochMilli()));
            statement.execute(insert.formatted(new UUID(0, 4), "demo", "bob", END.toEpochMilli()));
            statement.execute(insert.formatted(new UUID(0, 5), "other", "eve", END.toEpochMilli() - 2));

            try (Store store = Store.open(options)) {
                assertThat(ids(store, "demo")).containsExactly(new UUID(0, 1), new UUID(0, 4));
                assertThat(ids(store, "other")).containsExactly(new UUID(0, 5));
            }
        }
    }

    private static List<UUID> ids(Store store, String app) {
        return store
                .<List<UidRevocation>>read(
                        transaction -> transaction.revocations().all(new AppId(app)))
                .stream()
                .map(UidRevocation::id)
                .toList();
    }
}
