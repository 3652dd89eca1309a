package io.callgate.control.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.CounterTable.Versions;
import io.callgate.model.Secret;
import io.callgate.model.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;

/// The database of control. Safe for any thread; what belongs together is one [Transaction].
public final class Store implements AutoCloseable {
    /// The newest script in `migration`: a database that has it is opened without asking Flyway, which is slow.
    static final String SCHEMA_VERSION = "8";

    private static final Actor NOBODY = new Actor("", Optional.empty());
    private static final int ATTEMPTS = 4;
    private static final Set<String> WORTH_ANOTHER_TRY = Set.of(
            "23505", // unique violation: another control made the row meanwhile
            "40001", // serialization failure or deadlock
            "40P01", // deadlock, PostgreSQL
            "HYT00"); // lock timeout, H2

    private final HikariDataSource connections;
    private final Jdbi jdbi;
    private final Sealer sealer;
    private final Ids ids;
    private final TimeSource time;
    private final boolean isFileOfThisProcess;

    private Store(HikariDataSource connections, StoreOptions options) {
        this.connections = connections;
        this.jdbi = Jdbi.create(connections);
        // By default a message would show the arguments of its statement.
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
        this.sealer = new Sealer(options.sealKey());
        this.ids = new Ids(options.time());
        this.time = options.time();
        this.isFileOfThisProcess = options.jdbcUrl().startsWith("jdbc:h2:file:");
    }

    /// Opens the database, and makes or renews its tables.
    ///
    /// @throws StoreException if it cannot be reached, or was sealed with another key
    public static Store open(StoreOptions options) {
        HikariDataSource connections = connect(options);
        try {
            migrate(connections);
            Store store = new Store(connections, options);
            store.checkSealKey();
            return store;
        } catch (RuntimeException e) {
            connections.close();
            throw e;
        }
    }

    /// The clock that its rows are dated by.
    public TimeSource time() {
        return time;
    }

    /// The numbers that rise with every change, as they are now. Asked for so often that it is one statement of
    /// plain JDBC.
    public Versions versions() {
        try (Connection connection = connections.getConnection();
                PreparedStatement query = connection.prepareStatement("select name, amount from counter");
                ResultSet rows = query.executeQuery()) {
            long state = 0;
            long allowlist = 0;
            while (rows.next()) {
                if (rows.getString(1).equals(Counter.STATE.row())) {
                    state = rows.getLong(2);
                } else if (rows.getString(1).equals(Counter.ALLOWLIST.row())) {
                    allowlist = rows.getLong(2);
                }
            }
            return new Versions(state, allowlist);
        } catch (SQLException e) {
            throw new ConnectionException(e); // as JDBI does
        }
    }

    /// A UUIDv7, for what is given an id without being stored.
    public UUID newId() {
        return ids.next();
    }

    /// Looks things up in one transaction.
    public <T> T read(Function<Transaction, T> work) {
        return jdbi.inTransaction(handle -> work.apply(new Transaction(handle, sealer, ids, time, NOBODY)));
    }

    /// Changes things, all or nothing; `work` runs again where another transaction came between.
    ///
    /// @param actor who does it, for the audit
    public <T> T change(String actor, Function<Transaction, T> work) {
        return change(new Actor(actor, Optional.empty()), work);
    }

    /// The same, of somebody elsewhere.
    public <T> T change(Actor actor, Function<Transaction, T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                T result = jdbi.inTransaction(handle -> work.apply(new Transaction(handle, sealer, ids, time, actor)));
                if (isFileOfThisProcess) {
                    // WRITE_DELAY=0 hands a commit to the system. This hands it to the disk, where it outlives a loss
                    // of power too.
                    jdbi.useHandle(handle -> handle.execute("checkpoint sync"));
                }
                return result;
            } catch (JdbiException e) {
                if (attempt == ATTEMPTS || !WORTH_ANOTHER_TRY.contains(sqlState(e))) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        connections.close();
    }

    private static HikariDataSource connect(StoreOptions options) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("store");
        config.setJdbcUrl(options.jdbcUrl());
        options.user().ifPresent(config::setUsername);
        options.password().map(Secret::reveal).ifPresent(config::setPassword);
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(Duration.ofSeconds(5).toMillis());
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw new StoreException("cannot open the database " + options.jdbcUrl() + ": " + rootMessage(e), e);
        }
    }

    private static void migrate(HikariDataSource connections) {
        if (hasNewestSchema(connections)) {
            return;
        }
        try {
            Flyway.configure(Store.class.getClassLoader())
                    .dataSource(connections)
                    .locations("classpath:io/callgate/control/store/migration")
                    .failOnMissingLocations(true)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new StoreException("cannot make the tables of control: " + rootMessage(e), e);
        }
    }

    private static boolean hasNewestSchema(HikariDataSource connections) {
        try (var connection = connections.getConnection();
                var query = connection.prepareStatement(
                        "select count(*) from flyway_schema_history where version = ? and success")) {
            query.setString(1, SCHEMA_VERSION);
            try (var rows = query.executeQuery()) {
                return rows.next() && rows.getInt(1) == 1;
            }
        } catch (SQLException e) {
            return false; // no such table: an empty database
        }
    }

    private void checkSealKey() {
        try {
            change("control", transaction -> transaction.settings().secret("seal-check"));
        } catch (StoreException e) {
            throw new StoreException(
                    "the database was sealed with another key; start with the key that it was made with", e);
        }
    }

    private static String sqlState(JdbiException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return String.valueOf(sql.getSQLState());
            }
        }
        return "";
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }
}
