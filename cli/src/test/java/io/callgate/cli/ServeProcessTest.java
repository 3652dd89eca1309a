package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `serve` and `relay` as processes of their own: signals, exit codes, what is on stdout and stderr.
@Timeout(60)
class ServeProcessTest {
    @TempDir
    private Path folder = Path.of("unset");

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void stopAll() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void servesReloadsRefusesABadFileAndDrains() throws IOException, InterruptedException {
        Path data = folder.resolve("data with a space");
        int port = freePort();
        Process serve = start(
                "serve",
                "--data",
                data.toString(),
                "--address",
                "127.0.0.1",
                "--port",
                "" + port,
                "--allow",
                "192.0.2.0/24");
        String report = readUntil(serve.inputReader(StandardCharsets.UTF_8), "ready");
        BufferedReader err = serve.errorReader(StandardCharsets.UTF_8);

        assertThat(report)
                .contains(
                        "127.0.0.1  " + port, "username: ", ":demo:trial", "turn:127.0.0.1:" + port + "?transport=udp")
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
        assertThat(readUntil(err, "state.applied")).contains("version=\"2\"");

        signal("HUP", serve);
        assertThat(readUntil(err, "state.applied")).contains("version=\"3\"");

        signal("TERM", serve);
        assertThat(readUntil(err, "drain.done")).contains("drained: every session has ended", "complete=\"true\"");
        assertThat(serve.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(serve.exitValue()).isZero();
        assertThat(data.resolve("cli.json")).doesNotExist();
        assertThat(CommandLineRun.of("allowlist", "--data", data.toString()).out())
                .as("its port is known when it does not run")
                .contains("" + port);
    }

    @Test
    void aTakenPortIsOneSentence() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process serve = start(
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
        Process relay = start("relay", "--config", file.toString());

        String err = new String(relay.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(relay.waitFor()).isEqualTo(1);
        assertThat(err)
                .contains("relay.yaml:1:8: error: realm", "relay.yaml:2:13: error: relayPorts")
                .doesNotContain("\tat ");
    }

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.callgate.cli.Main"));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // or the JVM says on stderr that it picked them up
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private static void signal(String name, Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    /// All lines up to the first that has the text; the timeout of the class ends a wait in vain.
    private static String readUntil(BufferedReader reader, String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (true) {
            String line = reader.readLine();
            if (line == null) {
                throw new AssertionError("ended without \"" + text + "\":\n" + read);
            }
            read.append(line).append('\n');
            if (line.contains(text)) {
                return read.toString();
            }
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

    /// Free for both protocols a moment ago.
    private static int freePort() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket tcp = new ServerSocket(0, 1, loopback);
                DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, tcp.getLocalPort()))) {
            return udp.getLocalPort();
        }
    }
}
