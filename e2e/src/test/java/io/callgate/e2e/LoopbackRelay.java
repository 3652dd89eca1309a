package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/// The relay as its operator starts it, on loopback, serving 127.0.0.1 and ::1 on one port of its own.
final class LoopbackRelay implements AutoCloseable {
    static final String SECRET = "0123456789abcdef";
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final Pattern READY = Pattern.compile("^ready$");

    private final Installation installation;
    private final Path file;
    private final int port;
    private final LabProcess process;

    record Login(String name, String password) {
        static final Login ALICE = new Login("alice", "wonderland");

        /// As curl takes it.
        @Override
        public String toString() {
            return name + ":" + password;
        }
    }

    private LoopbackRelay(Installation installation, Path file, int port, LabProcess process) {
        this.installation = installation;
        this.file = file;
        this.port = port;
        this.process = process;
        process.awaitLine(READY, PATIENCE);
    }

    /// @param folder for its file and its log
    static LoopbackRelay start(Installation installation, Path folder) {
        int port = FreePort.take();
        return start(installation, folder, port, configuration(SECRET, port));
    }

    /// @param port one of those in the configuration, to be known by
    static LoopbackRelay start(Installation installation, Path folder, int port, String configuration) {
        Path file = folder.resolve("relay.yaml");
        write(file, configuration);
        return new LoopbackRelay(
                installation,
                file,
                port,
                installation.start(folder, "relay", "--grace", "1s", "--config", file.toString()));
    }

    /// A relay file that opens loopback, for the owner's eyes only.
    static String configuration(String secret, int... ports) {
        StringBuilder listeners = new StringBuilder();
        for (int port : ports) {
            listeners
                    .append("  - {address: 127.0.0.1, port: " + port + "}\n")
                    .append("  - {address: \"::1\", port: " + port + "}\n");
        }
        return """
            listen:
            %srelayPorts: 50000-59999
            users: [{name: %s, password: %s}]
            apps:
              - id: demo
                secrets: [%s]
                destinations:
                  - {cidr: 127.0.0.0/8, ports: 1-65535, protocols: [udp, tcp]}
                  - {cidr: "::1/128", ports: 1-65535, protocols: [udp, tcp]}
            """.formatted(listeners, Login.ALICE.name(), Login.ALICE.password(), secret);
    }

    static void write(Path file, String text) {
        try {
            if (Files.notExists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /// Puts other words in its file, sends SIGHUP, and waits until they are in force.
    void reload(String configuration) {
        int before = process.lineCount();
        write(file, configuration);
        process.signal("HUP");
        process.awaitLineAfter(before, Pattern.compile("state\\.applied"), PATIENCE);
    }

    /// What `callgate credentials` prints.
    Login printedCredential(String subject, String ttl) {
        ProgramRun run = installation.run(
                "credentials", "--app", "demo", "--subject", subject, "--ttl", ttl, "--config", file.toString());
        assertThat(run.exitCode()).as(run.output()).isZero();
        List<String> lines = run.output().lines().toList();
        return new Login(
                lines.get(0).substring("username: ".length()), lines.get(1).substring("password: ".length()));
    }

    /// Such a credential as another process of the app would mint it, without the start of a JVM.
    static Login credential(String secret, String subject) {
        RelayCredential minted = RelayCredential.mint(
                Secret.of(secret),
                new AppId("demo"),
                new Subject(subject),
                Instant.now().plus(Duration.ofHours(1)));
        return new Login(minted.username(), minted.password());
    }

    static Login credential(String subject) {
        return credential(SECRET, subject);
    }

    int port() {
        return port;
    }

    /// For clients to trust: what the relay made of itself at its start.
    Path certificate() {
        return file.resolveSibling("self-signed.pem");
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    LabProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
