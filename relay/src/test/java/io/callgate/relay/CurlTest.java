package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.model.RelayCredential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// An outside judge: Debian's curl as a client of both protocols.
class CurlTest {
    private static final RelayCredential BOB = TcpRelay.credential("bob");
    private static final Path CURL = Path.of("/usr/bin/curl");

    /// What a run of curl gave.
    private record Run(int exitCode, String output) {}

    @BeforeAll
    static void hasCurl() {
        assumeTrue(Files.isExecutable(CURL), "no /usr/bin/curl: install Debian's package curl");
    }

    static Stream<Arguments> ways() {
        String user = BOB.username();
        // curl itself splits --proxy-user at the first colon; in a URL the colons of the name are encoded.
        String pair = user.replace(":", "%3A") + ":"
                + BOB.password().replace("/", "%2F").replace("+", "%2B");
        return Stream.of(
                Arguments.of("HTTP, credential at once", List.of("-p", "-x", "http://" + pair + "@RELAY")),
                Arguments.of(
                        "HTTP, credential after 407",
                        List.of("-p", "--proxy-anyauth", "-x", "http://" + pair + "@RELAY")),
                Arguments.of(
                        "HTTP, a lease as bearer",
                        List.of(
                                "-p",
                                "-x",
                                "http://RELAY",
                                "--proxy-header",
                                "Proxy-Authorization: Bearer " + Caller.leaseId(BOB))),
                Arguments.of(
                        "HTTP, static user", List.of("-p", "-x", "http://RELAY", "--proxy-user", "alice:wonderland")),
                Arguments.of(
                        "HTTP, colons in the name",
                        List.of("-p", "-x", "http://RELAY", "--proxy-user", user + ":" + BOB.password())),
                Arguments.of(
                        "SOCKS5, colons in the name",
                        List.of("--socks5-hostname", "RELAY", "--proxy-user", user + ":" + BOB.password())),
                Arguments.of("SOCKS5, credential in the URL", List.of("-x", "socks5h://" + pair + "@RELAY")),
                Arguments.of(
                        "SOCKS5, name resolved by curl",
                        List.of("--socks5", "RELAY", "--proxy-user", "alice:wonderland")),
                Arguments.of(
                        "SOCKS5, static user",
                        List.of("--socks5-hostname", "RELAY", "--proxy-user", "alice:wonderland")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void fetchesThroughTheRelay(String way, List<String> options) throws Exception {
        try (Destinations.Server web = webServer();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .with(Names.answering("localhost", "127.0.0.1"))
                        .start()) {
            Run run = curl(relay, options, "http://localhost:" + web.port() + "/");

            assertThat(run).isEqualTo(new Run(0, "through"));
            assertThat(relay.bytesToClient()).isPositive();
        }
    }

    @Test
    void showsWhyItWasRefused() throws Exception {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start()) {
            List<String> http = List.of("-p", "-x", "http://RELAY", "--proxy-user", "alice:wonderland", "-v");
            List<String> socks = List.of("--socks5-hostname", "RELAY", "--proxy-user", "alice:wonderland", "-v");

            Run byHttp = curl(relay, http, "http://198.51.100.7/");
            Run bySocks = curl(relay, socks, "http://198.51.100.7/");

            assertThat(byHttp.exitCode()).isEqualTo(56);
            assertThat(byHttp.output()).contains("403");
            assertThat(bySocks.exitCode()).isEqualTo(97);
            assertThat(bySocks.output()).contains("(2)");
        }
    }

    private static Destinations.Server webServer() {
        return Destinations.serving(client -> {
            byte[] request = client.getInputStream().readNBytes(16);
            String answer = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nthrough";
            if (request.length == 16) {
                client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            }
            client.shutdownOutput();
            client.getInputStream().readAllBytes();
        });
    }

    private static Run curl(TcpRelay relay, List<String> options, String url) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(CURL.toString(), "-sS", "--max-time", "10", "--noproxy", ""));
        options.forEach(
                option -> command.add(option.replace("RELAY", relay.address().toString())));
        command.add(url);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output);
    }
}
