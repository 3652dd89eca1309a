package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Other people's proxies before the relay: haproxy as a load balancer that says by PROXY protocol where clients
/// are, and nghttpx as a forward proxy that takes curl's CONNECTs and makes them again over HTTP/2, many on one
/// connection. (Debian 12's curl cannot speak HTTP/2 to a proxy itself; nghttpx is the nghttp2 project's.)
///
/// A client is told apart by its network: from 127.0.0.2 none needs a credential, from 127.0.0.1 everyone does.
@ExtendWith(Installation.Shared.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProxiesInFrontTest {
    private static final int FILE_BYTES = 10_000_000;

    private final byte[] file = new byte[FILE_BYTES];
    private final List<LabProcess> proxies = new ArrayList<>();
    private final int directPort = FreePort.take();
    private final int balancedPort = FreePort.take();
    private final int v1Port = FreePort.take();
    private final int v2Port = FreePort.take();
    private final int silentPort = FreePort.take();
    private final int http2Port = FreePort.take();
    private final int http2TlsPort = FreePort.take();
    private Path folder = Path.of("unset");
    private LoopbackRelay relay;
    private HttpServer web;

    @BeforeAll
    void start(Installation installation, @TempDir Path folder) throws IOException {
        ProgramRun.needs("curl", "curl");
        ProgramRun.needs("haproxy", "haproxy");
        ProgramRun.needs("nghttp2-proxy", "nghttpx");
        this.folder = folder;
        new Random(15).nextBytes(file);
        relay = LoopbackRelay.start(
                installation, folder, directPort, """
                    listen:
                      - {address: 127.0.0.1, port: %d}
                      - {address: 127.0.0.1, port: %d, transports: [tcp], proxyProtocol: true}
                    users: [{name: alice, password: wonderland}]
                    apps:
                      - id: demo
                        secrets: [%s]
                        clients: [127.0.0.2/32]
                        destinations: [{cidr: 127.0.0.0/8, ports: 1-65535, protocols: [udp, tcp]}]
                    """.formatted(directPort, balancedPort, LoopbackRelay.SECRET));
        startHaproxy();
        startNghttpx(http2Port, "");
        startNghttpx(http2TlsPort, ";tls");
        web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        serve("/", "through".getBytes(StandardCharsets.US_ASCII));
        serve("/file", file);
        web.start();
        for (int port : new int[] {v1Port, v2Port, silentPort, http2Port, http2TlsPort}) {
            awaitListener(port);
        }
    }

    @AfterAll
    void stop() {
        if (web != null) web.stop(0);
        proxies.forEach(LabProcess::close);
        if (relay != null) relay.close();
    }

    @ParameterizedTest(name = "send-proxy{0} from {2}, {1}")
    @CsvSource({
        "'',  http,  127.0.0.2, 200",
        "'',  http,  127.0.0.1, 407",
        "-v2, http,  127.0.0.2, 200",
        "-v2, http,  127.0.0.1, 407",
        "'',  https, 127.0.0.2, 200", // the header in the clear, TLS behind it
        "-v2, https, 127.0.0.1, 407",
    })
    void theRelayKnowsWhereClientsOfABalancerAre(String version, String scheme, String from, int expected) {
        int port = version.isEmpty() ? v1Port : v2Port;

        ProgramRun run = connectStatus(scheme, port, "--interface", from);

        assertThat(run.output()).isEqualTo(Integer.toString(expected));
    }

    @Test
    void socksPassesABalancerToo() {
        ProgramRun socks = curl("--socks5-hostname", "127.0.0.1:" + v2Port, "--interface", "127.0.0.2", webUrl());

        assertThat(socks).isEqualTo(new ProgramRun(0, "through"));
    }

    @Test
    void aBalancerThatSaysNothingIsRefused() {
        ProgramRun run = connectStatus("http", silentPort, "--interface", "127.0.0.2");

        assertThat(run.output()).isEqualTo("000");
    }

    @ParameterizedTest(name = "TLS: {0}")
    @CsvSource({"false", "true"})
    void connectsOverHttp2(boolean isTls) throws IOException {
        int port = isTls ? http2TlsPort : http2Port;
        Path received = folder.resolve("received, TLS " + isTls);

        ProgramRun small = curl("-p", "-x", "http://127.0.0.1:" + port, "--proxy-user", "alice:wonderland", webUrl());
        ProgramRun large = curl(
                "-p",
                "-x",
                "http://127.0.0.1:" + port,
                "--proxy-user",
                "alice:wonderland",
                "--limit-rate",
                "5M",
                "--output",
                received.toString(),
                webUrl() + "file");

        assertThat(small).isEqualTo(new ProgramRun(0, "through"));
        assertThat(large).isEqualTo(new ProgramRun(0, ""));
        assertThat(Arrays.equals(Files.readAllBytes(received), file)).isTrue();
        assertThat(connectStatus("http", port).output()).as("no credential").isEqualTo("407");
        assertThat(connectStatus("http", port, "--proxy-user", "alice:wrong").output())
                .isEqualTo("407");
    }

    private ProgramRun connectStatus(String scheme, int port, String... more) {
        List<String> options = new ArrayList<>(List.of("-p", "-x", scheme + "://127.0.0.1:" + port));
        options.addAll(List.of("--proxy-insecure", "-o", "/dev/null", "-w", "%{http_connect}"));
        options.addAll(List.of(more));
        options.add(webUrl());
        ProgramRun run = curl(options.toArray(String[]::new));
        return new ProgramRun(run.exitCode(), run.output().lines().reduce("", (before, last) -> last));
    }

    private ProgramRun curl(String... options) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "40", "--noproxy", ""));
        command.addAll(List.of(options));
        return ProgramRun.of(command);
    }

    private void startHaproxy() throws IOException {
        Path config = folder.resolve("haproxy.cfg");
        Files.writeString(config, """
            global
              maxconn 100
            defaults
              mode tcp
              timeout connect 5s
              timeout client 30s
              timeout server 30s
            listen v1
              bind 127.0.0.1:%d
              server relay 127.0.0.1:%d send-proxy
            listen v2
              bind 127.0.0.1:%d
              server relay 127.0.0.1:%d send-proxy-v2
            listen silent
              bind 127.0.0.1:%d
              server relay 127.0.0.1:%d
            """.formatted(v1Port, balancedPort, v2Port, balancedPort, silentPort, balancedPort));
        start("haproxy", List.of("/usr/sbin/haproxy", "-db", "-f", config.toString()));
    }

    private void startNghttpx(int port, String backend) {
        start(
                "nghttpx-" + port,
                List.of(
                        "/usr/sbin/nghttpx",
                        "--conf=/dev/null",
                        "--http2-proxy",
                        "--single-process",
                        "--workers=1",
                        "--insecure",
                        "--accesslog-file=/dev/null",
                        "-f127.0.0.1," + port + ";no-tls",
                        "-b127.0.0.1," + directPort + ";;proto=h2" + backend));
    }

    private void start(String label, List<String> command) {
        proxies.add(LabProcess.start(label, new ProcessBuilder(command), folder.resolve(label + ".log")));
    }

    private static void awaitListener(int port) {
        long deadlineNanos = System.nanoTime() + LoopbackRelay.PATIENCE.toNanos();
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                assertThat(System.nanoTime()).as("nobody listens on " + port).isLessThan(deadlineNanos);
                new CompletableFuture<>()
                        .completeOnTimeout("", 50, TimeUnit.MILLISECONDS)
                        .join();
            }
        }
    }

    private String webUrl() {
        return "http://127.0.0.1:" + web.getAddress().getPort() + "/";
    }

    private void serve(String path, byte[] body) {
        web.createContext(path, exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
    }
}
