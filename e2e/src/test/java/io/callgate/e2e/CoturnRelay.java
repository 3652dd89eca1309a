package io.callgate.e2e;

import io.callgate.model.AppId;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.testkit.LabProcess;
import io.callgate.testkit.NetLab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// coturn in our relay's place, to compare with. It has no proxy for signalling: [ConnectStandIn] stands beside
/// it.
final class CoturnRelay implements RelayUnderTest {
    private static final Secret SECRET = Secret.of("a secret of the laboratory, thirty-two bytes");

    private final LabProcess process;
    private final ConnectStandIn standIn;

    CoturnRelay(NetLab lab, Path folder, String label) {
        Path config = folder.resolve(label + ".conf");
        String own = lab.dmz().address();
        try {
            Files.writeString(config, """
                listening-ip=%1$s
                relay-ip=%1$s
                listening-port=3478
                aux-server=%1$s:443
                no-tcp
                no-tls
                no-dtls
                no-cli
                use-auth-secret
                static-auth-secret=%2$s
                realm=callgate-lab
                denied-peer-ip=0.0.0.0-255.255.255.255
                allowed-peer-ip=%3$s
                userdb=%4$s
                pidfile=%5$s
                log-file=stdout
                """.formatted(
                            own,
                            SECRET.reveal(),
                            lab.cloud().address(),
                            folder.resolve(label + ".db"),
                            folder.resolve(label + ".pid")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + config, e);
        }
        process = lab.dmz().start(label, List.of("turnserver", "-c", config.toString()), Map.of());
        // The last thing it does before it serves; its sockets are open by then.
        process.awaitLine(Pattern.compile("SQLite DB connection success"), Duration.ofSeconds(20));
        standIn = new ConnectStandIn(lab.dmz(), 443, SECRET);
    }

    @Override
    public RelayCredential credential(AppId app, String subject, Duration life) {
        return RelayCredential.mint(
                SECRET, app, new Subject(subject), Instant.now().plus(life));
    }

    @Override
    public void close() {
        standIn.close();
        process.close();
    }
}
