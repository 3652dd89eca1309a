package io.callgate.cli;

import io.callgate.control.rest.HttpPlace;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Reads control's YAML file: the whole of it, and everything that is wrong with it.
final class ControlFile {
    static final Endpoint DEFAULT_LISTEN = new Endpoint(IpAddress.parse("127.0.0.1"), 8444);
    static final Endpoint DEFAULT_CONSOLE = new Endpoint(IpAddress.parse("127.0.0.1"), 8080);

    private static final Set<String> KEYS = YamlMapping.keys("listen", "console", "tls", "data", "database");
    private static final Set<String> LISTEN_KEYS = YamlMapping.keys("address", "port");
    private static final Set<String> DATABASE_KEYS = YamlMapping.keys("url", "user", "passwordFile");

    private static final HttpPlace ANY_CONSOLE = consoleAt(DEFAULT_CONSOLE, true);

    private ControlFile() {}

    /// What the file says.
    ///
    /// @param listen where the API does, and the link of the relays
    /// @param console empty for a control that runs for one command
    /// @param tls empty: plain HTTP on loopback; elsewhere with a self-signed certificate
    /// @param data the folder of the seal key, the first operator token and, without a database, of the embedded
    ///     one
    record Settings(
            HttpPlace listen,
            Optional<HttpPlace> console,
            Optional<RelayConfig.Tls> tls,
            Path data,
            Optional<Database> database) {
        static Settings in(Path data) {
            return new Settings(
                    listenAt(DEFAULT_LISTEN), Optional.of(ANY_CONSOLE), Optional.empty(), data, Optional.empty());
        }

        Settings withTls(Optional<RelayConfig.Tls> changed) {
            return new Settings(listen, console, changed, data, database);
        }

        /// All places, on any port that is free, for one command.
        static Settings forAMoment(Path data) {
            return new Settings(HttpPlace.onLoopback(0), Optional.empty(), Optional.empty(), data, Optional.empty());
        }

        List<InetAddress> addresses() {
            return Stream.concat(Stream.of(listen), console.stream())
                    .map(place -> place.address().getAddress())
                    .toList();
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
        HttpPlace listen = listenAt(root.value("listen")
                .flatMap(value -> value.mapping(LISTEN_KEYS))
                .map(mapping -> endpoint(mapping, DEFAULT_LISTEN))
                .orElse(DEFAULT_LISTEN));
        HttpPlace console = root.value("console")
                .flatMap(value -> value.mapping(LISTEN_KEYS))
                .map(mapping -> consoleAt(
                        endpoint(mapping, DEFAULT_CONSOLE),
                        mapping.value("port").isEmpty()))
                .orElse(ANY_CONSOLE);
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
        return new Settings(listen, Optional.of(console), root.value("tls").flatMap(TlsSection::tls), data, database);
    }

    private static Endpoint endpoint(YamlMapping place, Endpoint usual) {
        return new Endpoint(
                place.value("address")
                        .flatMap(value -> value.parse(IpAddress::parse))
                        .orElse(usual.address()),
                place.value("port")
                        .flatMap(value -> value.number(1, 65535))
                        .map(Long::intValue)
                        .orElse(usual.port()));
    }

    private static HttpPlace listenAt(Endpoint endpoint) {
        return new HttpPlace(socketAddress(endpoint), false, "listen: {port: N} in control's file");
    }

    /// @param orAnyPort when nobody named one, so that two controls of one machine need no file for that
    private static HttpPlace consoleAt(Endpoint endpoint, boolean orAnyPort) {
        return new HttpPlace(socketAddress(endpoint), orAnyPort, "console: {port: N} in control's file");
    }

    private static InetSocketAddress socketAddress(Endpoint endpoint) {
        return new InetSocketAddress(endpoint.address().toInetAddress(), endpoint.port());
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
