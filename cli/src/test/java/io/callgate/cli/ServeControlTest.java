package io.callgate.cli;

import static io.callgate.cli.JvmProcesses.readUntil;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `serve` as relay and control in one process.
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read of a pipe hears no interrupt
class ServeControlTest {
    private static final int KILLS = Integer.getInteger("kills", 20);
    private static final int WRITES_UNTIL_KILL = 20;

    @TempDir
    private Path data = Path.of("unset");

    private final JvmProcesses processes = new JvmProcesses();

    @AfterEach
    void stopAll() {
        processes.close();
    }

    @Test
    void handsOutLeasesThroughItsRelayAndObeysTheOperator() throws Exception {
        int port = FreePort.take();
        Process serve = serve(port, "--allow", "127.0.0.1");
        String report = readUntil(serve.inputReader(StandardCharsets.UTF_8), "ready");

        assertThat(report).contains("It may relay to: 127.0.0.1/32", "Control's API", "http://127.0.0.1:");
        assertThat(report)
                .containsPattern("Console user: admin, password ([a-z2-9]{5}-){4}[a-z2-9]{5} \\(shown this once");
        String token = run("token --app demo --uid alice").out().strip();
        HttpResponse<String> lease = ask(port, token);
        assertThat(lease.statusCode()).as(lease.body()).isEqualTo(200);
        assertThat(lease.body()).contains("\"port\":" + port, "turn:127.0.0.1:" + port + "?transport=udp");
        assertThat(run("relay list").out()).contains("serve  main  local   alive");

        String credential = run("credentials --app demo --subject bob").out();
        String name = credential.replaceAll("(?s).*username: (\\S+).*", "$1");
        String password = credential.replaceAll("(?s).*password: (\\S+).*", "$1");
        try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(connect(port, peer.getLocalPort(), name + ":" + password))
                    .startsWith("HTTP/1.1 200");
            run("app suspend demo");
            readUntil(serve.errorReader(StandardCharsets.UTF_8), "app.removed");
            assertThat(connect(port, peer.getLocalPort(), name + ":" + password))
                    .startsWith("HTTP/1.1 4");
        }
        assertThat(ask(port, token).body()).contains("the app is suspended");
    }

    @Test
    void noSecretOfControlIsInLogMetricsOrArguments() throws Exception {
        int metrics = FreePort.take();
        Files.writeString(data.resolve("relay.yaml"), "metrics: {port: " + metrics + "}\n");
        int port = FreePort.take();
        Process serve = serve(port, "--allow", "127.0.0.1");
        readUntil(serve.inputReader(StandardCharsets.UTF_8), "ready");

        String tokenSecret = run("app secret rotate demo").out().replaceAll("(?s).*: (\\S+)\\s*", "$1");
        String token = run("token --app demo --uid alice").out().strip();
        String joinToken = run("relay join-token --pool main --region eu").out().strip();
        String lease = ask(port, token).body();
        ask(port, token + "x");
        connect(port, FreePort.take(), "alice:" + tokenSecret);
        String told;
        try (HttpClient client = HttpClient.newHttpClient()) {
            told = client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metrics + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
        told += serve.info().commandLine().orElse("");
        JvmProcesses.signal("TERM", serve);
        told += new String(serve.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(serve.waitFor()).isZero();

        assertThat(told).contains("control.started", "callgate_");
        assertThat(List.of(
                        tokenSecret,
                        token,
                        joinToken,
                        field(lease, "leaseId"),
                        field(lease, "password"),
                        Files.readString(data.resolve("operator.token")).strip(),
                        Files.readString(data.resolve("seal.key")).strip(),
                        field(Files.readString(data.resolve("link.json")), "relayKey")))
                .allSatisfy(secret -> assertThat(secret).hasSizeGreaterThan(10))
                .noneMatch(told::contains);
    }

    /// A text of the JSON.
    private static String field(String json, String name) {
        return json.replaceAll("(?s).*\"" + name + "\"\\s*:\\s*\"([^\"]+)\".*", "$1");
    }

    @Test
    void aFolderOfTheVersionBeforeKeepsItsAppAndItsSecret() throws Exception {
        Files.writeString(data.resolve("relay.yaml"), """
            apps:
              - id: demo
                secrets: [0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef]
                destinations: [{cidr: 127.0.0.1/32}]
            """);
        int port = FreePort.take();
        String credential = run("credentials --app demo --subject bob").out();
        Process serve = serve(port);
        readUntil(serve.inputReader(StandardCharsets.UTF_8), "ready");
        String name = credential.replaceAll("(?s).*username: (\\S+).*", "$1");
        String password = credential.replaceAll("(?s).*password: (\\S+).*", "$1");

        try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(connect(port, peer.getLocalPort(), name + ":" + password))
                    .startsWith("HTTP/1.1 200");
        }
        assertThat(run("token --app demo --uid a").out().split("\\.")).hasSize(3);
        assertThat(run("app list").out()).doesNotContain("demo");
    }

    /// Killed in the midst of writing, again and again; `-Dkills=3` for who is in a hurry.
    @Test
    @Timeout(value = 1800, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void everyAcknowledgedChangeOutlivesAKill() throws Exception {
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        for (int kill = 0; kill < KILLS; kill++) {
            Process serve = serve(FreePort.take());
            readUntil(serve.inputReader(StandardCharsets.UTF_8), "ready");
            ControlAccess access = new DataFolder(data).control().orElseThrow();
            CountDownLatch underWay = new CountDownLatch(WRITES_UNTIL_KILL);
            try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
                for (String writer : List.of("a", "b")) {
                    String prefix = writer + kill + "-";
                    writers.submit(() -> write(access, prefix, acknowledged, underWay));
                }
                assertThat(underWay.await(60, TimeUnit.SECONDS)).isTrue();
                serve.destroyForcibly();
                assertThat(serve.waitFor(20, TimeUnit.SECONDS)).isTrue();
            }
        }

        String apps = run("app list").out();

        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(KILLS * WRITES_UNTIL_KILL);
        assertThat(acknowledged).allSatisfy(id -> assertThat(apps).contains("\n" + id + " "));
    }

    /// Makes apps until nobody answers, and notes which were acknowledged.
    private static void write(ControlAccess access, String prefix, Set<String> acknowledged, CountDownLatch underWay) {
        try (ControlApi api = new ControlApi(access)) {
            for (int change = 0; ; change++) {
                String id = prefix + change;
                api.post("/v1/apps", JsonOutput.object().put("id", id).put("contact", "x"));
                acknowledged.add(id);
                underWay.countDown();
            }
        } catch (CommandFailed e) {
            // It was killed: what it had not acknowledged may be there or not.
        }
    }

    @Test
    void aConsolePortThatIsTakenStopsOnlyThoseWhoNamedIt() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process serve = processes.start(
                    "serve",
                    "--data",
                    data.toString(),
                    "--address",
                    "127.0.0.1",
                    "--port",
                    "" + FreePort.take(),
                    "--console-port",
                    "" + taken.getLocalPort(),
                    "--api-port",
                    "0");

            String err = new String(serve.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(serve.waitFor()).isEqualTo(1);
            assertThat(err)
                    .contains("callgate: cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + "; is it in use? Another is named by --console-port");
        }
    }

    private Process serve(int port, String... more) throws IOException {
        String[] command = {
            "serve",
            "--data",
            data.toString(),
            "--address",
            "127.0.0.1",
            "--port",
            "" + port,
            "--console-port",
            "0",
            "--api-port",
            "0"
        };
        String[] whole = new String[command.length + more.length];
        System.arraycopy(command, 0, whole, 0, command.length);
        System.arraycopy(more, 0, whole, command.length, more.length);
        return processes.start(whole);
    }

    private CommandLineRun run(String line) {
        CommandLineRun run = CommandLineRun.atPresent((line + " --data " + data).split(" "));
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run;
    }

    private static HttpResponse<String> ask(int port, String token) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/leases"))
                            .version(HttpClient.Version.HTTP_1_1)
                            .header("Authorization", "Bearer " + token)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"uid\": \"alice\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    /// A CONNECT with Basic credentials, and the first line of the answer.
    private static String connect(int port, int peerPort, String pair) throws IOException {
        String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream()
                    .write(("CONNECT 127.0.0.1:" + peerPort + " HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic "
                                    + basic + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader answer = new BufferedReader(
                    new java.io.InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            return String.valueOf(answer.readLine());
        }
    }
}
