package io.callgate.cli;

import io.callgate.model.DesiredState;
import io.callgate.model.PortRange;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads a relay's YAML file: the whole of it, and everything that is wrong with it.
final class RelayFile {
    private static final int LARGEST_BYTES = 4 << 20;

    private static final Set<String> KEYS = YamlMapping.keys(
            "listen",
            "relayAddresses",
            "publicAddress",
            "relayPorts",
            "realm",
            "tls",
            "users",
            "apps",
            "control",
            "controlMayOpen",
            "metrics",
            "sessions",
            "gatherMicros",
            "check");

    private final Problems problems;

    private RelayFile(Path file) {
        problems = new Problems(file);
    }

    /// @param config present if there was no error
    /// @param consulted the other files on which it depends, whatever is wrong with them
    record Reading(Optional<RelayConfig> config, List<Problem> problems, List<Path> consulted) {
        List<Problem> errors() {
            return problems.stream().filter(Problem::isError).toList();
        }

        /// @throws CommandFailed with every error, one a line
        RelayConfig orFail() {
            return config.orElseThrow(() -> new CommandFailed(
                    String.join("\n", errors().stream().map(Problem::toString).toList())));
        }
    }

    /// @throws CommandFailed if the file cannot be read at all
    static Reading read(Path file) {
        RelayFile reader = new RelayFile(file);
        Optional<RelayConfig> config = reader.config(load(file));
        return new Reading(
                reader.problems.hasErrors() ? Optional.empty() : config,
                reader.problems.inFileOrder(),
                reader.problems.consulted());
    }

    /// Whether others than the owner may read a file that may hold secrets.
    static boolean isReadableByOthers(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // no such notion here, or the read itself will say it better
        }
    }

    private static String load(Path file) {
        try {
            if (Files.size(file) > LARGEST_BYTES) {
                throw new CommandFailed(file + " has " + Files.size(file) + " bytes: no relay file is that large");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CommandFailed("cannot read " + file + ": there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new CommandFailed("cannot read " + file + ": it is not UTF-8 text", e);
        } catch (IOException e) {
            String reason = Files.isDirectory(file) ? "it is a folder" : reason(e);
            throw new CommandFailed("cannot read " + file + ": " + reason, e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    private Optional<RelayConfig> config(String text) {
        Optional<YamlValue> document = YamlValue.compose(text, problems);
        if (document.isEmpty()) {
            return Optional.of(RelayConfig.DEFAULT);
        }
        return document.flatMap(value -> value.mapping(KEYS)).map(this::config);
    }

    private RelayConfig config(YamlMapping root) {
        Optional<YamlValue> relayPorts = root.value("relayPorts");
        PortRange ports =
                relayPorts.flatMap(value -> value.parse(PortRange::parse)).orElse(DesiredState.DEFAULT_RELAY_PORTS);
        Optional<String> realm = root.value("realm")
                .flatMap(value -> value.parse(text -> {
                    DesiredState.checkRealm(text);
                    return text;
                }));
        return new RelayConfig(
                ListenSection.listeners(root),
                ListenSection.relayAddresses(root),
                ListenSection.publicAddress(root),
                ports,
                realm.orElse(DesiredState.DEFAULT_REALM),
                root.value("tls").flatMap(TlsSection::tls),
                AppsSection.apps(root),
                ControlSection.control(root),
                ControlSection.controlMayOpen(root),
                OperationSection.read(root),
                root.value("check").flatMap(YamlValue::bool).orElse(true));
    }
}
