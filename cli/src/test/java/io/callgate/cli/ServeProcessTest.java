package io.callgate.cli;

import static io.callgate.cli.JvmProcesses.readUntil;
import static io.callgate.cli.JvmProcesses.signal;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `serve` and `relay` as processes of their own: signals, exit codes, what is on stdout and stderr.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read of a pipe hears no interrupt
class ServeProcessTest {
    @TempDir
    private Path folder = Path.of("unset");

    private final JvmProcesses processes = new JvmProcesses();

    @AfterEach
    void stopAll() {
        processes.close();
    }

    @Test
    void servesReloadsRefusesABadFileAndDrains() throws IOException, InterruptedException {
        Path data = folder.resolve("data with a space");
        int port = FreePort.take();
        Process serve = processes.start(
                "serve",
                "--data",
                data.toString(),
                "--address",
                "127.0.0.1",
                "--port",
                "" + port,
                "--console-port",
                "0",
                "--allow",
                "192.0.2.0/24");
        String report = readUntil(serve.inputReader(StandardCharsets.UTF_8), "ready");
        BufferedReader err = serve.errorReader(StandardCharsets.UTF_8);

        assertThat(report)
                .contains(
                        "127.0.0.1  " + port, "username: ", ":demo:trial", "turn:127.0.0.1:" + port + "?transport=udp")
                .contains("turns:127.0.0.1:" + port + "?transport=tcp", "self-signed", "SHA-256: ", "sha256/")
                .contains("http://127.0.0.1:" + port + "/check", "https://127.0.0.1:" + port + "/check")
                .contains("It may relay to: 192.0.2.0/24");
        assertThat(accepts(port)).isTrue();
        assertThat(Files.readString(data.resolve("cli.json"))).contains("\"pid\" : " + serve.pid());
        CommandLineRun allowlist = CommandLineRun.of("allowlist", "--data", data.toString(), "--side", "relay");
        assertThat(allowlist.out()).contains("127.0.0.1", "" + port, "192.0.2.0/24");
        assertThat(CommandLineRun.of("credentials", "--app", "demo", "--subject", "a", "--data", data.toString())
                        .exitCode())
                .isZero();

        Path file = data.resolve("relay.yaml");
        String good = Files.readString(file);
        Files.writeString(file, "realm: [x]\nrelayPorts: 0\n");
        String refused = readUntil(err, "config.refused");
        assertThat(refused.lines().filter(line -> line.contains("config.refused")))
                .singleElement()
                .asString()
                .contains("WARN", "relay.yaml:1:8: error: realm", "relay.yaml:2:13: error: relayPorts");
        assertThat(accepts(port)).isTrue();

        Files.writeString(file, good + "realm: other\n");
        readUntil(err, "state.applied");

        signal("HUP", serve);
        readUntil(err, "state.applied");

        signal("TERM", serve);
        assertThat(readUntil(err, "drain.done")).contains("drained: every session has ended", "complete=\"true\"");
        assertThat(serve.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(serve.exitValue()).isZero();
        assertThat(data.resolve("cli.json")).doesNotExist();
        assertThat(CommandLineRun.of("allowlist", "--data", data.toString()).out())
                .as("its port is known when it does not run")
                .contains("" + port);
    }

    /// A relay that starts again publishes its address anew: to a firewall nothing has changed.
    @Test
    void itsAllowlistIsTheSameAfterARestart() throws IOException, InterruptedException {
        Path data = folder.resolve("data");
        String port = "" + FreePort.take();
        String[] command = {
            "serve", "--data", data.toString(), "--address", "127.0.0.1", "--port", port, "--console-port", "0"
        };
        Process first = processes.start(command);
        assertThat(readUntil(first.inputReader(StandardCharsets.UTF_8), "ready"))
                .contains(
                        "It may relay to: nothing yet.",
                        "callgate app set demo --allow 198.51.100.0/24 --data " + data);
        String before = CommandLineRun.atPresent("allowlist", "--data", data.toString(), "--json")
                .out();
        assertThat(before).contains("\"version\" : 1", "127.0.0.1", "signature");
        signal("TERM", first);
        assertThat(first.waitFor(20, TimeUnit.SECONDS)).isTrue();

        Process second = processes.start(command);
        readUntil(second.inputReader(StandardCharsets.UTF_8), "ready");

        assertThat(CommandLineRun.atPresent("allowlist", "--data", data.toString(), "--json")
                        .out())
                .isEqualTo(before);
        assertThat(CommandLineRun.atPresent("allowlist", "--data", data.toString(), "--format", "csv")
                        .out())
                .contains("out,,127.0.0.1," + port + ",udp,\"relay: TURN, audio and video\"");
    }

    @Test
    void replacesTheCertificateWithoutLosingAConnectionAndKeepsItWhenTheNewOneIsBroken()
            throws IOException, GeneralSecurityException {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        Files.writeString(certificate, Pem.write(TestIdentity.ec().chain()));
        Files.writeString(key, Pem.write(TestIdentity.ec().key()));
        int port = FreePort.take();
        Path file = Files.writeString(folder.resolve("relay.yaml"), """
            listen: [{address: 127.0.0.1, port: %d}]
            tls: {certificate: cert.pem, key: key.pem}
            apps: [{id: demo, secrets: [0123456789abcdef]}]
            """.formatted(port));
        Process relay = processes.start("relay", "--config", file.toString());
        readUntil(relay.inputReader(StandardCharsets.UTF_8), "ready");
        BufferedReader err = relay.errorReader(StandardCharsets.UTF_8);
        readUntil(err, "state.applied");

        try (SSLSocket live = tls(port)) {
            assertThat(certificateOf(live)).isEqualTo(TestIdentity.ec().certificate());

            Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nhalf");
            assertThat(readUntil(err, "config.refused")).contains("cert.pem");
            try (SSLSocket meanwhile = tls(port)) {
                assertThat(certificateOf(meanwhile)).isEqualTo(TestIdentity.ec().certificate());
            }

            Files.delete(certificate);
            assertThat(readUntil(err, "config.refused")).contains("cert.pem");
            try (SSLSocket meanwhile = tls(port)) {
                assertThat(certificateOf(meanwhile)).isEqualTo(TestIdentity.ec().certificate());
            }

            Files.writeString(certificate, Pem.write(TestIdentity.rsa().chain()));
            Files.writeString(key, Pem.write(TestIdentity.rsa().key()));
            assertThat(readUntil(err, "state.applied"))
                    .as("told once, not at every look")
                    .contains("certificate.applied", "CN=rsa.example");
            try (SSLSocket late = tls(port)) {
                assertThat(certificateOf(late)).isEqualTo(TestIdentity.rsa().certificate());
            }

            assertThat(answerOn(live)).isEqualTo("HTTP/1.1 404");
        }
    }

    /// Where Netty's native library cannot be had, as on a machine that it is not made for.
    @Test
    void withoutBoringSslTheJdkDoesTlsAndTheLogSaysSoOnce() throws Exception {
        Files.writeString(
                folder.resolve("cert.pem"), Pem.write(TestIdentity.ec().chain()));
        Files.writeString(folder.resolve("key.pem"), Pem.write(TestIdentity.ec().key()));
        int port = FreePort.take();
        Path file = Files.writeString(folder.resolve("relay.yaml"), """
            listen: [{address: 127.0.0.1, port: %d}]
            tls: {certificate: cert.pem, key: key.pem}
            apps: [{id: demo, secrets: [0123456789abcdef]}]
            """.formatted(port));
        Process relay = processes.startWith(
                List.of("-Dio.netty.handler.ssl.noOpenSsl=true"), "relay", "--config", file.toString());
        readUntil(relay.inputReader(StandardCharsets.UTF_8), "ready");

        try (SSLSocket caller = tls(port)) {
            assertThat(answerOn(caller)).isEqualTo("HTTP/1.1 404");
        }
        JvmProcesses.signal("TERM", relay);
        String log = new String(relay.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(log).containsOnlyOnce("tls=\"jdk\"").doesNotContain("boringssl", "Exception");
    }

    private static String answerOn(SSLSocket socket) throws IOException {
        socket.getOutputStream().write("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    }

    private static SSLSocket tls(int port) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ec", TestIdentity.ec().certificate());
        trusted.setCertificateEntry("rsa", TestIdentity.rsa().certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        socket.startHandshake();
        return socket;
    }

    private static Certificate certificateOf(SSLSocket socket) throws IOException {
        return socket.getSession().getPeerCertificates()[0];
    }

    @Test
    void aTakenPortIsOneSentence() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process serve = processes.start(
                    "serve",
                    "--data",
                    folder.toString(),
                    "--address",
                    "127.0.0.1",
                    "--port",
                    "" + taken.getLocalPort());

            String err = new String(serve.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(serve.waitFor()).isEqualTo(1);
            assertThat(err.lines().toList())
                    .singleElement()
                    .asString()
                    .startsWith("callgate: ")
                    .contains("" + taken.getLocalPort());
        }
    }

    @Test
    void aBadFileStopsTheStartWithEveryError() throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("relay.yaml"), "realm: [x]\nrelayPorts: 0\napps: [{id: a}]\n");
        Process relay = processes.start("relay", "--config", file.toString());

        String err = new String(relay.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(relay.waitFor()).isEqualTo(1);
        assertThat(err)
                .contains("relay.yaml:1:8: error: realm", "relay.yaml:2:13: error: relayPorts")
                .doesNotContain("\tat ");
    }

    @Test
    void s22NoSecretIsInLogsMetricsRecordsOrArguments() throws Exception {
        String secret = "a-relay-secret-that-nobody-may-see";
        String password = "a-password-that-nobody-may-see";
        int port = FreePort.take();
        int metricsPort = FreePort.take();
        Path file = Files.writeString(folder.resolve("relay.yaml"), """
            listen: [{address: 127.0.0.1, port: %d}]
            metrics: {port: %d}
            sessions: {file: sessions.jsonl}
            users: [{name: alice, password: %s}]
            apps: [{id: demo, secrets: [%s], destinations: [{cidr: 127.0.0.1/32}]}]
            """.formatted(port, metricsPort, password, secret));
        Process relay = processes.start("relay", "--log-format", "json", "--config", file.toString());
        readUntil(relay.inputReader(StandardCharsets.UTF_8), "ready");
        try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String given : List.of("alice:" + password, "alice:wrong" + password, "mallory:" + secret)) {
                connect(port, peer.getLocalPort(), given);
            }
        }
        Files.writeString(file, Files.readString(file) + "secrets: [" + secret + "]\n"); // refused: unknown key
        String log = readUntil(relay.errorReader(StandardCharsets.UTF_8), "config.refused");
        String metrics = ask(metricsPort, "/metrics");
        String arguments = relay.info().commandLine().orElse("") + Files.readString(processFile(relay, "cmdline"));
        signal("TERM", relay);
        String rest = new String(relay.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(relay.waitFor()).isZero();
        String records = Files.readString(folder.resolve("sessions.jsonl"));

        assertThat(metrics)
                .contains("callgate_drops_total{reason=\"wrong_password\"} 1.0")
                .contains("callgate_reload_successful 0.0");
        assertThat(records).contains("\"subject\":\"alice\"").doesNotContain("mallory");
        assertThat(log + rest).contains("drain.done");
        for (String told : List.of(log, rest, metrics, arguments, records)) {
            assertThat(told).doesNotContain(secret, password);
        }
        assertThat(log + rest + metrics).doesNotContain("alice", "mallory");
    }

    @Test
    void s19HostileNamesReachNoLogNoMetricAndNoRecord() throws Exception {
        int port = FreePort.take();
        int metricsPort = FreePort.take();
        Path file = Files.writeString(folder.resolve("relay.yaml"), """
            listen: [{address: 127.0.0.1, port: %d}]
            metrics: {port: %d}
            sessions: {file: sessions.jsonl}
            users: [{name: alice, password: wonderland}]
            apps: [{id: demo, secrets: [a-relay-secret-of-some-length], destinations: [{cidr: 127.0.0.1/32}]}]
            """.formatted(port, metricsPort));
        Process relay = processes.start("relay", "--log-format", "json", "--config", file.toString());
        readUntil(relay.inputReader(StandardCharsets.UTF_8), "ready");
        List<String> hostile = List.of(
                "%n%s%x-mark",
                "mark\r\n{\"event\":\"forged\"}",
                "'; DROP TABLE apps; --mark",
                "\"mark\"} 1\n",
                "${jndi:ldap://mark}",
                "mark\u0000",
                "mark" + "n".repeat(509));

        for (String name : hostile) {
            connect(port, 1, name + ":guess");
        }
        connect(port, 1, "alice:wonderland");
        signal("HUP", relay);
        String log = readUntil(relay.errorReader(StandardCharsets.UTF_8), "\"version\":2");
        String metrics = ask(metricsPort, "/metrics");
        signal("TERM", relay);
        assertThat(relay.waitFor()).isZero();
        String records = Files.readString(folder.resolve("sessions.jsonl"));

        assertThat(metrics).contains("callgate_drops_total{reason=\"credential_malformed\"} 7.0");
        assertThat(records).contains("\"subject\":\"alice\"");
        assertThat(log + metrics + records).doesNotContain("mark", "forged");
    }

    @Test
    void aReloadThatIsRefusedLeavesTheMetricsWhereTheyWere() throws Exception {
        int port = FreePort.take();
        int metricsPort = FreePort.take();
        int otherMetricsPort = FreePort.take();
        String text = """
            listen: [{address: 127.0.0.1, port: %d}]
            metrics: {port: %d}
            apps: [{id: demo, secrets: [a-relay-secret-of-some-length]}]
            """;
        Path file = Files.writeString(folder.resolve("relay.yaml"), text.formatted(port, metricsPort));
        Process relay = processes.start("relay", "--config", file.toString());
        readUntil(relay.inputReader(StandardCharsets.UTF_8), "ready");

        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(file, text.formatted(taken.getLocalPort(), otherMetricsPort));
            assertThat(readUntil(relay.errorReader(StandardCharsets.UTF_8), "config.refused"))
                    .contains("" + taken.getLocalPort());
        }

        assertThat(ask(metricsPort, "/healthz")).isEqualTo("ok\n");
        assertThat(ask(metricsPort, "/metrics")).contains("callgate_reload_successful 0.0");
        assertThat(accepts(otherMetricsPort)).isFalse();
    }

    /// A CONNECT with Basic credentials, answered or refused.
    private static void connect(int port, int peerPort, String pair) throws IOException {
        String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream()
                    .write(("CONNECT 127.0.0.1:" + peerPort + " HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic "
                                    + basic + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().read()).isEqualTo('H');
        }
    }

    private static String ask(int port, String path) throws IOException {
        return new String(
                URI.create("http://127.0.0.1:" + port + path)
                        .toURL()
                        .openStream()
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }

    private static Path processFile(Process process, String name) {
        Path file = Path.of("/proc/" + process.pid() + "/" + name);
        return Files.exists(file) ? file : Path.of(System.getProperty("java.home"), "release");
    }

    @Test
    void aMetricsAddressThatIsTakenStopsOnlyThoseWhoNamedIt() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = Files.writeString(
                    folder.resolve("relay.yaml"), """
                        listen: [{address: 127.0.0.1, port: %d}]
                        metrics: {port: %d}
                        apps: [{id: demo, secrets: [a-relay-secret-of-some-length]}]
                        """.formatted(FreePort.take(), taken.getLocalPort()));
            Process relay = processes.start("relay", "--config", file.toString());

            String err = new String(relay.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(relay.waitFor()).isEqualTo(1);
            assertThat(err)
                    .contains("callgate: cannot serve metrics and health on 127.0.0.1:" + taken.getLocalPort() + ": ")
                    .contains("metrics: false");
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
