package io.callgate.control.store;

import io.callgate.model.Secret;
import io.callgate.testkit.FakeClock;
import io.callgate.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/// The two databases that every store test runs on, each opened once a test run and emptied before each test.
public enum TestDatabase {
    H2 {
        @Override
        StoreOptions options(Secret sealKey) {
            return StoreOptions.inMemory("store-tests;DB_CLOSE_DELAY=-1", sealKey, CLOCK);
        }

        @Override
        int waiting() {
            return Integer.parseInt(
                    one("select count(*) from information_schema.sessions where blocker_id is not null"));
        }
    },
    POSTGRESQL {
        @Override
        StoreOptions options(Secret sealKey) {
            PostgresServer.reasonAgainst().ifPresent(TestDatabase::stopAt);
            return StoreOptions.postgres(Postgres.URL, Optional.empty(), Optional.empty(), sealKey, CLOCK);
        }

        @Override
        int waiting() {
            return Integer.parseInt(one("select count(*) from pg_locks where not granted"));
        }
    };

    static final FakeClock CLOCK = new FakeClock();
    static final Secret SEAL_KEY = Secret.of("0123456789abcdef0123456789abcdef");

    private static final List<String> TABLES = List.of(
            "console_session",
            "console_user_app",
            "console_user",
            "ended_lease",
            "revocation",
            "allowlist_entry",
            "allowlist_version",
            "allowlist_standing",
            "session_peak",
            "site_reach",
            "operator_token_app",
            "operator_token",
            "join_token",
            "pool_address",
            "quota_excess",
            "usage_count",
            "live_session",
            "relay_app_report",
            "relay_app_ingress",
            "relay_report",
            "relay",
            "app_secret",
            "app_pool",
            "pool",
            "app",
            "audit");

    private static final Map<TestDatabase, Store> OPEN = new EnumMap<>(TestDatabase.class);

    /// Made when first asked for.
    private static final class Postgres {
        static final String URL = PostgresServer.shared().createDatabase("store_tests");
    }

    /// Skips with the reason, or fails with it where `-Dpostgresql.required=true` asks for that.
    private static void stopAt(String reason) {
        String told = "not tested on PostgreSQL: " + reason;
        if (Boolean.getBoolean("postgresql.required")) {
            Assertions.fail(told);
        }
        Assumptions.abort(told);
    }

    abstract StoreOptions options(Secret sealKey);

    /// Another way to the same database, once it is [#empty].
    public StoreOptions options() {
        return options(SEAL_KEY);
    }

    /// How many transactions wait for another's lock.
    abstract int waiting();

    /// The store, empty but for its own settings.
    public Store empty() {
        StoreOptions options = options();
        Store open = OPEN.computeIfAbsent(this, database -> Store.open(options));
        execute(TABLES.stream().map(table -> "delete from " + table).toArray(String[]::new));
        return open;
    }

    void execute(String... statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    String one(String query) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// One that no other test has.
    StoreOptions another(String name) {
        empty(); // skips where there is none
        return this == H2
                ? StoreOptions.inMemory(name, SEAL_KEY, CLOCK)
                : StoreOptions.postgres(
                        PostgresServer.shared().createDatabase(name),
                        Optional.empty(),
                        Optional.empty(),
                        SEAL_KEY,
                        CLOCK);
    }

    /// Connects to a database that gets the tables which it had at a version.
    static Connection connectAsOf(String version, StoreOptions options) throws SQLException {
        Connection connection = connect(options);
        Flyway.configure()
                .dataSource(
                        options.jdbcUrl(),
                        options.user().orElse(null),
                        options.user().map(any -> "").orElse(null))
                .locations("classpath:io/callgate/control/store/migration")
                .target(version)
                .load()
                .migrate();
        return connection;
    }

    private Connection connect() throws SQLException {
        return connect(options());
    }

    private static Connection connect(StoreOptions options) throws SQLException {
        return options.user().isPresent()
                ? DriverManager.getConnection(options.jdbcUrl(), options.user().get(), "")
                : DriverManager.getConnection(options.jdbcUrl());
    }
}
