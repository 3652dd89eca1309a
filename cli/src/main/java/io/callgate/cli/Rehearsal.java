package io.callgate.cli;

import io.callgate.client.check.Finding;
import io.callgate.client.check.NetworkCheck;
import io.callgate.client.check.Way;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.model.AppState;
import io.callgate.model.RelayCredential;
import io.callgate.model.Subject;
import io.callgate.model.TimeSource;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.BoundListener;
import io.callgate.relay.Relay;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One client comes by every way and leaves: part of the start from which the launcher makes its cache, so that
/// the first client of a later start finds all that serves it loaded and linked (decision 0036).
final class Rehearsal {
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(5);

    /// With every section that most relays have; where it listens does not matter.
    private static final String RELAY_FILE = """
        listen: [{address: 127.0.0.1, port: 443}]
        apps:
          - id: rehearsal
            secrets: [0123456789abcdef0123456789abcdef]
            destinations: [{cidr: 192.0.2.0/24, ports: 1-65535, protocols: [udp, tcp]}]
            limits: {sessions: 100}
        metrics: {address: 127.0.0.1, port: 9464}
        """;

    private final RelayConfig config;
    private final TlsIdentity identity;
    private final TimeSource time;

    Rehearsal(RelayConfig config, TlsIdentity identity, TimeSource time) {
        this.config = config;
        this.identity = identity;
        this.time = time;
    }

    /// A relay alone starts by another command than `serve`, and from a file that says more: both are read once.
    ///
    /// @param folder holds that file meanwhile
    void readAsRelay(Path folder) {
        PrintWriter nobody = new PrintWriter(Writer.nullWriter());
        CallgateCommand.execute(new Terminal(nobody, nobody, time), "relay", "--help");
        try {
            Path file = Files.createTempFile(folder, "rehearsal", ".yaml");
            RelayFile.read(Files.writeString(file, RELAY_FILE)).orFail();
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @return what came of each way; none where no client could prove itself
    List<Finding> play(Relay relay) {
        BoundListener door = relay.listeners().getFirst();
        Trust trust = Trust.authorities(Pem.write(identity.chain()).getBytes(StandardCharsets.US_ASCII));
        return login().map(login -> new NetworkCheck(
                                new HostPort(door.address().toString(), door.port()),
                                Dialer.direct(),
                                trust,
                                Optional.of(login),
                                time,
                                NetworkCheck.PATIENCE)
                        .run(List.of(Way.values()), new Unwatched()))
                .orElse(List.of());
    }

    private Optional<Login> login() {
        return config.apps().stream()
                .filter(app -> !app.relaySecrets().isEmpty())
                .findFirst()
                .map(this::minted);
    }

    private Login minted(AppState app) {
        RelayCredential credential = RelayCredential.mint(
                app.relaySecrets().getFirst(),
                app.id(),
                new Subject("rehearsal"),
                time.now().plus(LONG_ENOUGH));
        return new Login(credential.username(), credential.password());
    }

    private static final class Unwatched implements NetworkCheck.Progress {
        @Override
        public void onStep(Way way, String step) {
            // Nobody waits for it.
        }

        @Override
        public void onFinding(Finding finding) {
            // Nor for this.
        }
    }
}
