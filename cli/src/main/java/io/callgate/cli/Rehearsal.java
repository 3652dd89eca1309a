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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One client comes by every way and leaves: part of the start from which the launcher makes its cache, so that
/// the first client of a later start finds all that serves it loaded and linked (decision 0036).
final class Rehearsal {
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(5);

    private final RelayConfig config;
    private final TlsIdentity identity;
    private final TimeSource time;

    Rehearsal(RelayConfig config, TlsIdentity identity, TimeSource time) {
        this.config = config;
        this.identity = identity;
        this.time = time;
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
                                time)
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
