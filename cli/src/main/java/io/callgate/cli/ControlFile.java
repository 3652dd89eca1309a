package io.callgate.cli;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads control's YAML file: the whole of it, and everything that is wrong with it.
final class ControlFile {
    static final Endpoint DEFAULT_LISTEN = new Endpoint(IpAddress.parse("127.0.0.1"), 8444);

    private static final Set<String> KEYS = YamlMapping.keys("listen", "tls", "data", "database");
    private static final Set<String> LISTEN_KEYS = YamlMapping.keys("address", "port");
    private static final Set<String> DATABASE_KEYS = YamlMapping.keys("url", "user", "passwordFile");

    private ControlFile() {}

    /// What the file says.
    ///
    /// @param tls empty: plain HTTP on loopback; elsewhere with a self-signed certificate
    /// @param data the folder of the seal key, the first operator token and, without a database, of the embedded
    ///     one
    record Settings(InetSocketAddress listen, Optional<RelayConfig.Tls> tls, Path data, Optional<Database> database) {
        static Settings in(Path data) {
            return onLoopback(DEFAULT_LISTEN.port(), data);
        }

        Settings withTls(Optional<RelayConfig.Tls> changed) {
            return new Settings(listen, changed, data, database);
        }

        /// @param port 0 for any that is free
        static Settings onLoopback(int port, Path data) {
            return new Settings(
                    new InetSocketAddress(DEFAULT_LISTEN.address().toInetAddress(), port),
                    Optional.empty(),
                    data,
                    Optional.empty());
        }
    }

    /// A PostgreSQL that several controls may share.
    record Database(String url, Optional<String> user, Optional<Path> passwordFile) {}

    /// @param consulted the other files on which it depends, whatever is wrong with them
    record Reading(Optional<Settings> settings, List<Problem> problems, List<Path> consulted) {
        /// @throws CommandFailed with every error, one a line
        Settings orFail() {
            return settings.orElseThrow(() -> new CommandFailed(
                    String.join("\n", problems.stream().map(Problem::toString).toList())));
        }
    }

    /// @throws CommandFailed if the file cannot be read at all
    static Reading read(Path file) {
        Problems problems = new Problems(file);
        String text = load(file);
        Optional<YamlValue> document = YamlValue.compose(text, problems);
        Optional<Settings> settings = document.isEmpty()
                ? Optional.of(Settings.in(beside(file, DataFolder.DEFAULT.toString())))
                : document.flatMap(root -> root.mapping(KEYS)).map(root -> settings(root, file));
        return new Reading(
                problems.hasErrors() ? Optional.empty() : settings, problems.inFileOrder(), problems.consulted());
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
        return new Settings(
                new InetSocketAddress(listen.address().toInetAddress(), listen.port()),
                root.value("tls").flatMap(TlsSection::tls),
                data,
                database);
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
