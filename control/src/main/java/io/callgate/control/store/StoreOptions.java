package io.callgate.control.store;

import io.callgate.model.Secret;
import io.callgate.model.TimeSource;
import java.nio.file.Path;
import java.util.Optional;

/// Which database, and the key that its secrets are sealed with.
///
/// @param sealKey 32 bytes; the same for every control on one database, and lost secrets without it
public record StoreOptions(
        String jdbcUrl, Optional<String> user, Optional<Secret> password, Secret sealKey, TimeSource time) {
    // WRITE_DELAY=0: by default a kill loses what H2 acknowledged in the last half second. TRACE_LEVEL_FILE=0: it would
    // write failed statements into a file beside the database. QUERY_CACHE_SIZE: a heartbeat alone has more statements
    // than the eight that H2 keeps parsed by default, and would parse each anew.
    private static final String H2_OPTIONS = ";WRITE_DELAY=0;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE"
            + ";DEFAULT_NULL_ORDERING=HIGH;LOCK_TIMEOUT=10000;TRACE_LEVEL_FILE=0;QUERY_CACHE_SIZE=128";

    /// H2 in a file of this process.
    public static StoreOptions embedded(Path file, Secret sealKey, TimeSource time) {
        return h2("file:" + file.toAbsolutePath(), sealKey, time);
    }

    /// H2 in memory, gone with the process: for tests and trials.
    public static StoreOptions inMemory(String name, Secret sealKey, TimeSource time) {
        return h2("mem:" + name, sealKey, time);
    }

    /// @param jdbcUrl `jdbc:postgresql://host/database`, without a password
    public static StoreOptions postgres(
            String jdbcUrl, Optional<String> user, Optional<Secret> password, Secret sealKey, TimeSource time) {
        if (!jdbcUrl.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "database \"" + jdbcUrl + "\": want jdbc:postgresql://HOST/DATABASE (PostgreSQL 15 or newer)");
        }
        if (jdbcUrl.contains("password=")) {
            throw new IllegalArgumentException(
                    "the database URL holds a password, which would show in messages; give it apart");
        }
        return new StoreOptions(jdbcUrl, user, password, sealKey, time);
    }

    private static StoreOptions h2(String place, Secret sealKey, TimeSource time) {
        return new StoreOptions(
                "jdbc:h2:" + place + H2_OPTIONS, Optional.of("callgate"), Optional.empty(), sealKey, time);
    }
}
