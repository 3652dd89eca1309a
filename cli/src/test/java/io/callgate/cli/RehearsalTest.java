package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.check.Finding;
import io.callgate.client.check.Way;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.Relay;
import io.callgate.relay.RelayOptions;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
    @TempDir
    private Path folder = Path.of("unset");

    /// Or the launcher's cache would lack what serves clients, and nobody would notice.
    @Test
    void itsClientGetsThroughByEveryWay() throws IOException {
        Path file = Files.writeString(folder.resolve("relay.yaml"), """
            listen: [{address: 127.0.0.1, port: %d}]
            apps: [{id: demo, secrets: [a-relay-secret-of-some-length]}]
            """.formatted(LoopbackRelay.freePort()));
        RelayConfig config = RelayFile.read(file).orFail();
        SystemTime time = new SystemTime();
        TlsIdentity identity =
                new OwnCertificate(folder).fittingFor(config, time.now()).identity();

        try (Relay relay = Relay.start(config.desiredState(1, identity), RelayOptions.of(time))) {
            assertThat(new Rehearsal(config, identity, time).play(relay))
                    .hasSize(Way.values().length)
                    .allMatch(Finding::passed);
        }
    }

    @Test
    void whatARelayAloneReadsIsReadAndNothingIsLeft() throws IOException {
        RelayConfig config = RelayConfig.DEFAULT;
        SystemTime time = new SystemTime();

        new Rehearsal(config, TestIdentity.ec(), time).readAsRelay(folder); // throws what is wrong with its file

        assertThat(folder).isEmptyDirectory();
    }
}
