package io.callgate.cli;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Reads control's YAML file: the whole of it, and everything that is wrong with it.
final class ControlFile {
    static final Endpoint DEFAULT_LISTEN = new Endpoint(IpAddress.parse("127.0.0.1"), 8444);

    private static final Set<String> KEYS = new TreeSet<>(Set.of("listen", "data", "database"));
    private static final Set<String> LISTEN_KEYS = new TreeSet<>(Set.of("address", "port"));
    private static final Set<String> DATABASE_KEYS = new TreeSet<>(Set.of("url", "user", "passwordFile"));

    private ControlFile() {}

    /// What the file says.
    ///
    /// @param data the folder of the seal key, the first operator token and, without a database, of the embedded
    ///     one
    record Settings(Endpoint listen, Path data, Optional<Database> database) {
        static Settings in(Path data) {
            return new Settings(DEFAULT_LISTEN, data, Optional.empty());
        }
    }

    /// A PostgreSQL that several controls may share.
    record Database(String url, Optional<String> user, Optional<Path> passwordFile) {}

    /// @throws CommandFailed with every error, one a line
    static Settings read(Path file) {
        Problems problems = new Problems(file);
        Optional<Settings> settings = YamlValue.compose(load(file), problems)
                .flatMap(root -> root.mapping(KEYS))
                .map(root -> settings(root, file));
        if (problems.hasErrors()) {
            throw new CommandFailed(String.join(
                    "\n", problems.inFileOrder().stream().map(Problem::toString).toList()));
        }
        return settings.orElseGet(() -> Settings.in(beside(file, DataFolder.DEFAULT.toString())));
    }

    private static Settings settings(YamlMapping root, Path file) {
        Endpoint listen = root.value("listen")
                .flatMap(value -> value.mapping(LISTEN_KEYS))
                .map(ControlFile::endpoint)
                .orElse(DEFAULT_LISTEN);
        Path data = beside(file, root.value("data").flatMap(YamlValue::text).orElse(DataFolder.DEFAULT.toString()));
        Optional<Database> database = root.value("database")
                .flatMap(value -> value.mapping(DATABASE_KEYS))
                .flatMap(mapping -> mapping.required("url", "jdbc:postgresql://localhost/callgate")
                        .flatMap(YamlValue::text)
                        .map(url -> new Database(
                                url,
                                mapping.value("user").flatMap(YamlValue::text),
                                mapping.value("passwordFile")
                                        .flatMap(YamlValue::text)
                                        .map(name -> beside(file, name)))));
        return new Settings(listen, data, database);
    }

    private static Endpoint endpoint(YamlMapping listen) {
        return new Endpoint(
                listen.value("address")
                        .flatMap(value -> value.parse(IpAddress::parse))
                        .orElse(DEFAULT_LISTEN.address()),
                listen.value("port")
                        .flatMap(value -> value.number(1, 65535))
                        .map(Long::intValue)
                        .orElse(DEFAULT_LISTEN.port()));
    }

    /// Names in the file are as seen from its folder.
    private static Path beside(Path file, String name) {
        return file.toAbsolutePath().resolveSibling(name).normalize();
    }

    private static String load(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CommandFailed("cannot read " + file + ": there is no such file", e);
        } catch (IOException e) {
            throw new CommandFailed("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
