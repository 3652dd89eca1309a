package io.callgate.control.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.logging.Logger;

/// A way to a database on which every statement is seen before it is sent.
public final class WatchedDatabase implements Driver, AutoCloseable {
    private static final String JDBC = "jdbc:";

    private final String prefix = JDBC + "watched-" + UUID.randomUUID() + ":";
    private final StoreOptions options;
    private final Consumer<String> watcher;

    /// @param watcher sees its SQL, on the thread that sends it
    public WatchedDatabase(StoreOptions options, Consumer<String> watcher) throws SQLException {
        this.options = options;
        this.watcher = watcher;
        DriverManager.registerDriver(this);
    }

    /// The same database by this way.
    public StoreOptions options() {
        return new StoreOptions(
                prefix + options.jdbcUrl().substring(JDBC.length()),
                options.user(),
                options.password(),
                options.sealKey(),
                options.time());
    }

    @Override
    public Connection connect(String url, Properties info) throws SQLException {
        Connection connection = DriverManager.getConnection(JDBC + url.substring(prefix.length()), info);
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        watcher.accept((String) arguments[0]);
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(prefix);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger(Logger.GLOBAL_LOGGER_NAME);
    }

    @Override
    public void close() throws SQLException {
        DriverManager.deregisterDriver(this);
    }
}
