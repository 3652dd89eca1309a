package io.callgate.cli;

import io.callgate.model.DestinationRule;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The folder that `serve` and `control` keep their things in; only its owner may look inside.
///
/// - `relay.yaml` the relay file, made at the first start of serve
/// - `cli.json` while one of them runs: its process, how it was started, and how to reach its control
/// - `last-start.json` how it was started last, so that other commands know its port when it does not run
/// - `self-signed.pem`, `self-signed.key` the certificate of a relay whose file names none, and its key
/// - `lock` held while one of them runs
/// - what [ControlStart] makes
record DataFolder(Path path) {
    static final Path DEFAULT = Path.of("callgate-data");

    Path relayFile() {
        return path.resolve("relay.yaml");
    }

    /// Whether serve has ever started here.
    boolean hasRelay() {
        return Files.exists(lastStart()) || Files.exists(relayFile());
    }

    private Path lastStart() {
        return path.resolve("last-start.json");
    }

    Path cliFile() {
        return path.resolve("cli.json");
    }

    void create() {
        try {
            Files.createDirectories(path, WholeFile.mode("rwx------"));
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailed("cannot use " + path + " as the data folder: it is a file", e);
        } catch (IOException e) {
            throw new CommandFailed("cannot make the data folder " + path + ": " + reason(e), e);
        }
    }

    /// Held until its channel is closed, or until the process ends however it ends.
    ///
    /// @throws CommandFailed if another process holds it
    FileLock lock() {
        return tryLock()
                .orElseThrow(() -> new CommandFailed("another serve or control runs with the data folder " + path
                        + "; stop it or name another --data"));
    }

    /// Empty if somebody holds it.
    Optional<FileLock> tryLock() {
        Path file = path.resolve("lock");
        try {
            // Stays open as long as the lock; the process's end closes both.
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return Optional.of(lock);
                }
            } catch (OverlappingFileLockException e) {
                // Held by this very process: the same answer.
            }
            channel.close();
            return Optional.empty();
        } catch (IOException e) {
            throw new CommandFailed("cannot lock " + file + ": " + reason(e), e);
        }
    }

    /// Makes the relay file, unless there is one.
    void createRelayFile() {
        if (Files.exists(relayFile())) {
            return;
        }
        write(relayFile(), """
            # The relay of serve, made at its first start. A change is taken over while serve runs; check it with:
            # callgate config check FILE. Without apps here control has them: callgate app --help
            #
            # relayAddresses: [{bind: 10.1.3.10, public: 203.0.113.7}]
            # tls: {certificate: cert.pem, key: key.pem}
            # controlMayOpen: [10.0.0.0/8]     # special ranges that apps of control may reach
            """);
    }

    /// For commands while serve runs here.
    void started(ServeStart start, ControlAccess control, long processId, String startedAt, List<String> listeners) {
        write(lastStart(), JsonOutput.pretty(json(start)) + "\n");
        ObjectNode running = json(start);
        running.put("pid", processId);
        running.put("startedAt", startedAt);
        ArrayNode bound = running.putArray("listeners");
        listeners.forEach(bound::add);
        running.set("control", control.json());
        write(cliFile(), JsonOutput.pretty(running) + "\n");
    }

    /// For commands while only control runs here.
    void started(ControlAccess control, long processId, String startedAt) {
        ObjectNode running = JsonOutput.object().put("pid", processId).put("startedAt", startedAt);
        running.set("control", control.json());
        write(cliFile(), JsonOutput.pretty(running) + "\n");
    }

    /// How to reach the control that runs here; empty while it starts.
    Optional<ControlAccess> control() {
        try {
            ObjectNode running = JsonOutput.parse(Files.readString(cliFile()));
            return Optional.ofNullable(running.get("control")).map(node -> ControlAccess.parse((ObjectNode) node));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new CommandFailed("cannot read " + cliFile() + ": " + reason(e), e);
        } catch (JacksonException | ClassCastException | IllegalArgumentException e) {
            throw new CommandFailed("cannot read " + cliFile() + ": it is damaged; restart serve, which renews it", e);
        }
    }

    void stopped() {
        try {
            Files.deleteIfExists(cliFile());
        } catch (IOException e) {
            // It names a process that is gone; the lock, not this file, decides whether one runs.
        }
    }

    /// The configuration that serve runs with, or ran with last.
    RelayConfig lastConfig() {
        Path file = lastStart();
        if (!Files.exists(file)) {
            if (!Files.exists(relayFile())) {
                throw new CommandFailed(
                        "cannot read " + relayFile() + ": there is no such file; start callgate serve --data " + path
                                + " once, or name the relay file with --config");
            }
            return RelayFile.read(relayFile()).orFail();
        }
        ServeStart start = readStart(file);
        return start.applyTo(RelayFile.read(start.config()).orFail());
    }

    private static ObjectNode json(ServeStart start) {
        ObjectNode node = JsonOutput.object();
        node.put("config", start.config().toAbsolutePath().normalize().toString());
        start.listener().ifPresent(listener -> {
            node.put("address", listener.address().toString());
            node.put("port", listener.port());
        });
        node.put("overridesFile", start.overridesFile());
        ArrayNode allow = node.putArray("allow");
        start.allow().forEach(rule -> allow.add(rule.toString()));
        return node;
    }

    private static ServeStart readStart(Path file) {
        try {
            ObjectNode node = JsonOutput.parse(Files.readString(file));
            Optional<Endpoint> listener = node.has("port")
                    ? Optional.of(new Endpoint(
                            IpAddress.parse(node.get("address").asString()),
                            node.get("port").asInt()))
                    : Optional.empty();
            List<DestinationRule> allow = node.get("allow")
                    .valueStream()
                    .map(JsonNode::asString)
                    .map(DestinationRule::parse)
                    .toList();
            return new ServeStart(
                    Path.of(node.get("config").asString()),
                    listener,
                    node.get("overridesFile").asBoolean(),
                    allow);
        } catch (IOException e) {
            throw new CommandFailed("cannot read " + file + ": " + reason(e), e);
        } catch (JacksonException | NullPointerException | ClassCastException | IllegalArgumentException e) {
            throw new CommandFailed("cannot read " + file + ": it is damaged; start serve again, which renews it", e);
        }
    }

    static void write(Path file, String text) {
        try {
            WholeFile.write(file, text, WholeFile.OWNER_ONLY);
        } catch (IOException e) {
            throw new CommandFailed("cannot write " + file + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }
}
