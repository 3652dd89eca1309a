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
import java.util.stream.IntStream;

/// Clients come by every way and leave: part of the start from which the launcher makes its cache, so that the
/// first client of a later start finds all that serves it loaded and linked (decision 0036), and the first hundred
/// find it compiled soon (decision 0110).
final class Rehearsal {
    private static final Duration LONG_ENOUGH = Duration.ofMinutes(5);
    private static final int CALLERS = 50;

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
        return logins(1).stream()
                .findFirst()
                .map(login -> new NetworkCheck(
                                door(relay), Dialer.direct(), trust(), Optional.of(login), time, NetworkCheck.PATIENCE)
                        .run(List.of(Way.values()), new Unwatched()))
                .orElse(List.of());
    }

    /// @return how many of the calls got through, 0 where no client could prove itself
    int playCalls(Relay relay, int calls) throws InterruptedException {
        List<Login> callers = logins(CALLERS);
        return callers.isEmpty() ? 0 : new RehearsedCalls(door(relay), trust(), callers, time).play(calls);
    }

    private static HostPort door(Relay relay) {
        BoundListener door = relay.listeners().getFirst();
        return new HostPort(door.address().toString(), door.port());
    }

    private Trust trust() {
        return Trust.authorities(Pem.write(identity.chain()).getBytes(StandardCharsets.US_ASCII));
    }

    private List<Login> logins(int subjects) {
        return config.apps().stream()
                .filter(app -> !app.relaySecrets().isEmpty())
                .findFirst()
                .map(app -> IntStream.range(0, subjects)
                        .mapToObj(number -> minted(app, new Subject("rehearsal-" + number)))
                        .toList())
                .orElse(List.of());
    }

    private Login minted(AppState app, Subject subject) {
        RelayCredential credential = RelayCredential.mint(
                app.relaySecrets().getFirst(), app.id(), subject, time.now().plus(LONG_ENOUGH));
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
