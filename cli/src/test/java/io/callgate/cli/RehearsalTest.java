package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.check.Finding;
import io.callgate.client.check.Way;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.Relay;
import io.callgate.relay.RelayOptions;
import io.callgate.testkit.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
    /// One by each transport, and some more.
    private static final int CALLS = 10;

    @TempDir
    private Path folder = Path.of("unset");

    /// Or the launcher's cache would lack what serves clients, and nobody would notice.
    @Test
    void itsClientsGetThroughByEveryWay() throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("relay.yaml"), """
            listen: [{address: 127.0.0.1, port: %d}]
            apps: [{id: demo, secrets: [a-relay-secret-of-some-length]}]
            """.formatted(FreePort.take()));
        RelayConfig config = RelayFile.read(file).orFail();
        SystemTime time = new SystemTime();
        TlsIdentity identity =
                new OwnCertificate(folder).fittingFor(config, time.now()).identity();

        try (Relay relay = Relay.start(config.desiredState(1, identity), RelayOptions.of(time))) {
            Rehearsal rehearsal = new Rehearsal(config, identity, time);
            assertThat(rehearsal.play(relay)).hasSize(Way.values().length).allMatch(Finding::passed);
            assertThat(rehearsal.playCalls(relay, CALLS)).isEqualTo(CALLS);
        }
    }
}
