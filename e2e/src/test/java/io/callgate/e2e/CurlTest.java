package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.callgate.e2e.LoopbackRelay.Login;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// curl judges the relay as a proxy, with the credentials as `callgate credentials` prints them. In the
/// options, RELAY is its host and port, CERTIFICATE the file to trust it by.
@ExtendWith(Installation.Shared.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CurlTest {
    private static final int FILE_BYTES = 20_000_000;

    /// 20 MB in 7 s: slower than the server, so the relay has to hold it back. At 1 Mbit/s it would take 160 s.
    private static final String SLOW_READER = "3M";

    private final byte[] file = new byte[FILE_BYTES];
    private final ExecutorService webThreads = Executors.newCachedThreadPool();
    private LoopbackRelay relay;
    private Login printed = Login.ALICE;
    private HttpServer web;
    private Path folder = Path.of("unset");

    @BeforeAll
    void start(Installation installation, @TempDir Path folder) throws IOException {
        ProgramRun.needs("curl", "curl");
        this.folder = folder;
        relay = LoopbackRelay.start(installation, folder);
        printed = relay.printedCredential("curl", "1h");
        new Random(20).nextBytes(file);
        web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.setExecutor(webThreads);
        serve("/", "through".getBytes(StandardCharsets.US_ASCII));
        serve("/file", file);
        web.start();
    }

    @AfterAll
    void stop() {
        if (web != null) web.stop(0);
        webThreads.shutdownNow();
        if (relay != null) relay.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "CONNECT                        | -p -x http://RELAY",
                "CONNECT, credential after 407  | -p -x http://RELAY --proxy-anyauth",
                "CONNECT in TLS                 | -p -x https://RELAY --proxy-cacert CERTIFICATE",
                "SOCKS5                         | --socks5 RELAY",
                "SOCKS5, name resolved there    | --socks5-hostname RELAY",
                "SOCKS5, name resolved there, x | -x socks5h://RELAY",
            })
    void reachesTheServerWithEitherCredential(String way, String options) {
        for (Login login : List.of(printed, Login.ALICE)) {
            ProgramRun run =
                    curl(options, login, "http://localhost:" + web.getAddress().getPort() + "/");

            assertThat(run).isEqualTo(new ProgramRun(0, "through"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "CONNECT | -p -x http://RELAY",
                "CONNECT in TLS | -p -x https://RELAY --proxy-cacert CERTIFICATE",
                "SOCKS5  | --socks5-hostname RELAY"
            })
    void aFileOf20MegabytesArrivesAtASlowReaderAsItWas(String way, String options) throws IOException {
        Path received = folder.resolve("received by " + way);

        ProgramRun run = curl(
                options,
                LoopbackRelay.credential("reader"),
                webUrl() + "file",
                "--limit-rate",
                SLOW_READER,
                "--output",
                received.toString());

        assertThat(run).isEqualTo(new ProgramRun(0, ""));
        assertThat(Arrays.equals(Files.readAllBytes(received), file)).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "CONNECT, wrong password | -p -x http://RELAY | wrong | URL | 56 | 407",
                "CONNECT, no credential  | -p -x http://RELAY | none  | URL | 56 | 407",
                "CONNECT, not allowed    | -p -x http://RELAY | good  | http://198.51.100.7/ | 56 | 403",
                "CONNECT, special range  | -p -x http://RELAY | good  | http://169.254.169.254/ | 56 | 403",
                "CONNECT, not trusted    | -p -x https://RELAY | good | URL | 60 | self-signed certificate",
                "SOCKS5, wrong password  | --socks5-hostname RELAY | wrong | URL | 97 | rejected",
                "SOCKS5, no credential   | --socks5-hostname RELAY | none  | URL | 97 | authentication",
                "SOCKS5, not allowed     | --socks5-hostname RELAY | good  | http://198.51.100.7/ | 97 | (2)",
            })
    void isToldWhyItIsRefused(String way, String options, String login, String url, int exitCode, String told) {
        Login good = LoopbackRelay.credential("refused");
        String target = url.equals("URL") ? webUrl() : url;

        ProgramRun run = switch (login) {
            case "good" -> curl(options, good, target, "-v");
            case "wrong" -> curl(options, new Login(good.name(), "wrong"), target, "-v");
            default -> ProgramRun.of(command(options, target, "-v"));
        };

        assertThat(run.exitCode()).as(run.output()).isEqualTo(exitCode);
        assertThat(run.output()).contains(told).doesNotContain("through");
    }

    /// The first 24 bytes come one per 50 ms: the relay knows no protocol before enough of them are there.
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "CONNECT | -p -x http://SLOW | URL | 200",
                "SOCKS5  | --socks5-hostname SLOW | URL | 200",
                "GET for a proxy     | -x http://SLOW | URL | 405",
                "OPTIONS for a proxy | -x http://SLOW -X OPTIONS | URL | 405",
                "GET     | -X GET | http://SLOW/nothing | 404",
                "OPTIONS | -X OPTIONS | http://SLOW/nothing | 404",
            })
    void firstBytesMayTrickle(String way, String options, String url, String status) {
        try (SlowFirstBytes slow = new SlowFirstBytes(relay.address())) {
            String there = "127.0.0.1:" + slow.port();
            List<String> command = command(
                    options.replace("SLOW", there),
                    url.equals("URL") ? webUrl() : url.replace("SLOW", there),
                    "-o",
                    "/dev/null",
                    "-w",
                    "%{http_code}");
            if (options.contains("SLOW")) {
                command.addAll(List.of("--proxy-user", printed.toString()));
            }

            assertThat(ProgramRun.of(command)).isEqualTo(new ProgramRun(0, status));
        }
    }

    private ProgramRun curl(String options, Login login, String url, String... more) {
        List<String> command = command(options, url, more);
        command.addAll(List.of("--proxy-user", login.toString()));
        return ProgramRun.of(command);
    }

    private List<String> command(String options, String url, String... more) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "40", "--noproxy", ""));
        command.addAll(List.of(options.replace("RELAY", "127.0.0.1:" + relay.port())
                .replace("CERTIFICATE", relay.certificate().toString())
                .split(" ", -1)));
        command.addAll(List.of(more));
        command.add(url);
        return command;
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
