package io.callgate.e2e;

import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.Entrance;
import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.model.TimeSource;
import io.callgate.model.TlsIdentity;
import io.callgate.model.Transport;
import io.callgate.relay.Relay;
import io.callgate.relay.RelayOptions;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.LabProcess;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A TURN server on loopback that the SDK's tunnels are tried against: ours, and coturn as the second judge. Both
/// have the same certificate and the same secret.
interface TunnelRelay extends AutoCloseable {
    Secret SECRET = Secret.of("a secret of the laboratory, thirty-two bytes");
    TlsIdentity IDENTITY = TestIdentity.ec();

    int port(Transport transport);

    @Override
    void close();

    default Entrance entrance(Transport transport) {
        return new Entrance(new HostPort("127.0.0.1", port(transport)), transport, Trust.pin(IDENTITY.pin()));
    }

    static Login login(String subject) {
        RelayCredential credential = RelayCredential.mint(
                SECRET, new AppId("demo"), new Subject(subject), Instant.now().plus(Duration.ofHours(1)));
        return new Login(credential.username(), credential.password());
    }

    private static Path certificate(Path folder) throws IOException, CertificateEncodingException {
        return pem(folder, "CERTIFICATE", IDENTITY.chain().getFirst().getEncoded());
    }

    private static Path key(Path folder) throws IOException {
        return pem(folder, "PRIVATE KEY", IDENTITY.key().bytes());
    }

    private static Path pem(Path folder, String kind, byte[] content) throws IOException {
        Path file = folder.resolve(kind.replace(' ', '-') + ".pem");
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        LoopbackRelay.write(file, "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n");
        return file;
    }

    record Callgate(int port, LabProcess process) implements TunnelRelay {
        /// As its operator starts it.
        ///
        /// @param folder for its files
        static Callgate start(Installation installation, Path folder) throws IOException, CertificateEncodingException {
            int port = FreePort.take();
            Path config = folder.resolve("relay.yaml");
            LoopbackRelay.write(config, """
                listen:
                  - {address: 127.0.0.1, port: %d}
                tls: {certificate: "%s", key: "%s"}
                apps:
                  - {id: demo, secrets: ["%s"]}
                """.formatted(port, certificate(folder), key(folder), SECRET.reveal()));
            LabProcess process = installation.start(folder, "relay", "--grace", "1s", "--config", config.toString());
            process.awaitLine(LoopbackRelay.READY, LoopbackRelay.PATIENCE);
            return new Callgate(port, process);
        }

        /// @param address of this machine, or of the host whose network the calling thread is in
        static Relay relay(String address, int port) {
            return Relay.start(
                    new DesiredState(
                            1,
                            DesiredState.Origin.FILE,
                            List.of(new ListenerState(
                                    IpAddress.parse(address),
                                    List.of(PortRange.of(port)),
                                    Set.of(Protocol.values()),
                                    false)),
                            List.of(),
                            DesiredState.DEFAULT_RELAY_PORTS,
                            DesiredState.DEFAULT_REALM,
                            List.of(new AppState(
                                    new AppId("demo"),
                                    List.of(SECRET),
                                    List.of(),
                                    List.of(),
                                    Limits.DEFAULT,
                                    List.of())),
                            List.of(),
                            List.of(),
                            false,
                            Optional.of(IDENTITY)),
                    RelayOptions.of(new RealTime()));
        }

        @Override
        public int port(Transport transport) {
            return port;
        }

        @Override
        public void close() {
            process.close();
        }

        @Override
        public String toString() {
            return "Callgate";
        }
    }

    record Coturn(int port, int tlsPort, LabProcess process) implements TunnelRelay {
        /// @param folder for its files
        static Coturn start(Path folder) throws IOException, CertificateEncodingException {
            ProgramRun.needs("coturn", "turnserver");
            int port = FreePort.take();
            int tlsPort = FreePort.take();
            Path config = folder.resolve("turnserver.conf");
            Files.writeString(config, """
                listening-ip=127.0.0.1
                relay-ip=127.0.0.1
                listening-port=%d
                tls-listening-port=%d
                cert=%s
                pkey=%s
                no-dtls
                no-cli
                allow-loopback-peers
                use-auth-secret
                static-auth-secret=%s
                realm=callgate-lab
                userdb=%s
                pidfile=%s
                log-file=stdout
                """.formatted(
                            port,
                            tlsPort,
                            certificate(folder),
                            key(folder),
                            SECRET.reveal(),
                            folder.resolve("turn.db"),
                            folder.resolve("turn.pid")));
            LabProcess process = LabProcess.start(
                    "coturn", new ProcessBuilder("turnserver", "-c", config.toString()), folder.resolve("coturn.log"));
            // The last thing it does before it serves; its sockets are open by then.
            process.awaitLine(Pattern.compile("SQLite DB connection success"), Duration.ofSeconds(30));
            return new Coturn(port, tlsPort, process);
        }

        @Override
        public int port(Transport transport) {
            return transport == Transport.TLS ? tlsPort : port;
        }

        @Override
        public void close() {
            process.close();
        }

        @Override
        public String toString() {
            return "coturn";
        }
    }

    /// The clocks of this machine: sockets know no others.
    final class RealTime implements TimeSource {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    }
}
