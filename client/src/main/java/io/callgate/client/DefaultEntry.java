package io.callgate.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/// The entry of an app that names none: `entry` in `callgate.properties` at the root of the class path,
/// several with commas. The environment's `CALLGATE_ENTRY` is for whoever reads the environment, as our
/// command line does: it goes into [CloudProxy.Builder#entry].
final class DefaultEntry {
    private DefaultEntry() {}

    static List<String> find() {
        List<String> entries = new ArrayList<>();
        try (InputStream in = DefaultEntry.class.getResourceAsStream("/callgate.properties")) {
            if (in != null) {
                Properties properties = new Properties();
                properties.load(in);
                for (String entry : properties.getProperty("entry", "").split(",", -1)) {
                    if (!entry.trim().isEmpty()) {
                        entries.add(entry.trim());
                    }
                }
            }
        } catch (IOException e) {
            // As good as absent: build() says that there is no entry.
        }
        return entries;
    }
}
