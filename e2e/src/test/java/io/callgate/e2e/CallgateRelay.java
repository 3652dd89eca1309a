package io.callgate.e2e;

import io.callgate.model.AppId;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.testkit.LabException;
import io.callgate.testkit.LabProcess;
import io.callgate.testkit.NetLab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Our relay, started as its operator would: `./callgate relay --config F`.
final class CallgateRelay implements RelayUnderTest {
    private static final Duration READY_LIMIT = Duration.ofSeconds(90);

    private static final FileAttribute<?> READABLE_BY_ITS_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final NetLab lab;
    private final LabAuthority authority;
    private final Path launcher;
    private final Path config;
    private final String label;
    private final boolean corpNeedsNoCredential;
    private LabProcess process;
    private int starts;
    private String secret = "a secret of the laboratory, thirty-two bytes";

    /// @param corpNeedsNoCredential whether corp is among the app's `clients`
    CallgateRelay(
            NetLab lab,
            LabAuthority authority,
            Path launcher,
            Path folder,
            String label,
            boolean corpNeedsNoCredential) {
        this.lab = lab;
        this.authority = authority;
        this.launcher = launcher;
        this.config = folder.resolve(label + ".yaml");
        this.label = label;
        this.corpNeedsNoCredential = corpNeedsNoCredential;
        writeConfig();
        process = started();
    }

    @Override
    public RelayCredential credential(AppId app, String subject, Duration life) {
        return RelayCredential.mint(
                Secret.of(secret), app, new Subject(subject), Instant.now().plus(life));
    }

    /// Puts another secret in the place of the present one and has the relay read its file again.
    void rotateSecret() {
        secret = "another secret, which is just as long as it was";
        writeConfig();
        process.signal("HUP");
    }

    /// Ends the relay as a crash would: it says goodbye to nobody.
    void kill() {
        process.signal("KILL");
        process.awaitEnd(READY_LIMIT);
    }

    /// Starts it again after [#kill], with the same file.
    ///
    /// @return the time until it was ready
    Duration restart() {
        long beganNanos = System.nanoTime();
        process = started();
        return Duration.ofNanos(System.nanoTime() - beganNanos);
    }

    @Override
    public void close() {
        process.close();
    }

    private LabProcess started() {
        List<String> command = List.of(launcher.toString(), "relay", "--config", config.toString());
        LabProcess relay = lab.dmz().start(starts++ == 0 ? label : label + "-again-" + starts, command, Map.of());
        try {
            relay.awaitLine(Pattern.compile("\\bready\\b"), READY_LIMIT);
            return relay;
        } catch (LabException e) {
            relay.close(); // or it would stand in the way of the next one
            throw e;
        }
    }

    private void writeConfig() {
        String clients = corpNeedsNoCredential ? "[%s/32]".formatted(lab.corp().address()) : "[]";
        try {
            if (Files.notExists(config)) Files.createFile(config, READABLE_BY_ITS_OWNER);
            Files.writeString(config, """
                listen:
                  - {address: %1$s, port: 443}
                  - {address: %1$s, ports: [3478, 7070], transports: [udp]}
                realm: callgate-lab
                tls: {certificate: "%7$s", key: "%8$s"}
                apps:
                  - id: %2$s
                    secrets: ["%3$s"]
                    clients: %4$s
                    destinations:
                      - {cidr: %5$s/32, ports: 1-65535, protocols: [udp, tcp]}
                  - id: %6$s
                    secrets: ["%3$s"]
                    destinations:
                      - {cidr: 198.51.100.0/24, ports: 1-65535, protocols: [udp, tcp]}
                """.formatted(
                            lab.dmz().address(),
                            LAB_APP,
                            secret,
                            clients,
                            lab.cloud().address(),
                            OTHER_APP,
                            authority.relayCertificate(),
                            authority.relayKey()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + config, e);
        }
    }
}
