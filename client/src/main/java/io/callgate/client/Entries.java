package io.callgate.client;

import io.callgate.client.net.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/// Where leases are asked for: as the app names them, or else `entry` in `callgate.properties` at the root of
/// the class path, several with commas. The environment's `CALLGATE_ENTRY` is for whoever reads the
/// environment, as our command line does: it goes into [CloudProxy.Builder#entry].
final class Entries {
    private static final int DEFAULT_PORT = 443;

    private Entries() {}

    /// @throws IllegalArgumentException as [HostPort#parse]
    static HostPort parse(String entry) {
        return HostPort.parse(entry, DEFAULT_PORT);
    }

    /// @throws IllegalStateException if nobody names one
    static List<HostPort> orDefault(List<HostPort> named) {
        List<HostPort> entries = named.isEmpty() ? ofClassPath() : List.copyOf(named);
        if (entries.isEmpty()) {
            throw new IllegalStateException(
                    "no entry: want entry(host), or entry=host in callgate.properties on the class path");
        }
        return entries;
    }

    private static List<HostPort> ofClassPath() {
        List<HostPort> entries = new ArrayList<>();
        try (InputStream in = Entries.class.getResourceAsStream("/callgate.properties")) {
            if (in != null) {
                Properties properties = new Properties();
                properties.load(in);
                for (String entry : properties.getProperty("entry", "").split(",", -1)) {
                    if (!entry.trim().isEmpty()) {
                        entries.add(parse(entry.trim()));
                    }
                }
            }
        } catch (IOException e) {
            // As good as absent.
        }
        return entries;
    }
}
