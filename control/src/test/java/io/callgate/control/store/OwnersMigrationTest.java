package io.callgate.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A database from before an owner could have several apps.
class OwnersMigrationTest {
    private static final AppId DEMO = new AppId("demo");

    @ParameterizedTest
    @EnumSource
    void anOwnerKeepsItsApp(TestDatabase database) throws SQLException {
        StoreOptions options = database.another("owners");
        try (var connection = TestDatabase.connectAsOf("5", options);
                var statement = connection.createStatement()) {
            statement.execute("""
                insert into app (id, state, revision, created_at, changed_at, settings)
                values ('demo', 'ACTIVE', 1, 1, 1, '{}')\
                """);
            statement.execute("""
                insert into console_user (name, kind, app_id, password, must_change, created_at)
                values ('olive', 'APP_OWNER', 'demo', 'stored', false, 1),
                  ('adam', 'OPERATOR', null, 'stored', false, 1)\
                """);
            statement.execute("insert into operator_token (id, name, kind, app_id, hash, created_at) values ('"
                    + new UUID(0, 1) + "', 'otto', 'APP_OWNER', 'demo', 'h', 1)");

            try (Store store = Store.open(options)) {
                assertThat(store.<List<ConsoleUser>>read(
                                transaction -> transaction.consoleUsers().page("", 10)))
                        .extracting(user -> user.name() + " " + user.who().apps())
                        .containsExactly("adam []", "olive [demo]");
                assertThat(store.<List<Operator>>read(
                                transaction -> transaction.operatorTokens().page(Optional.empty(), 10)))
                        .extracting(Operator::apps)
                        .containsExactly(List.of(DEMO));
            }
        }
    }
}
