package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.LabProcess;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Each example as its README says: beside one `serve`, with what the commands print.
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExamplesTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Pattern PIN = Pattern.compile("pin: +(sha256/\\S+)");

    private Path folder = Path.of("unset").toAbsolutePath();
    private Installation installation;
    private LabProcess serve;
    private String relay = "";

    @BeforeAll
    void serve(Installation shared, @TempDir Path temporary) {
        installation = shared;
        folder = temporary;
        int port = FreePort.take();
        relay = "127.0.0.1:" + port;
        serve = installation.start(folder, "serve", "--data", data(), "--address", "127.0.0.1", "--port", "" + port);
        serve.awaitLine(LoopbackRelay.READY, LoopbackRelay.PATIENCE);
    }

    @AfterAll
    void stop() {
        serve.close();
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private LabProcess example(String name, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.callgate.examples." + name));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return LabProcess.start(name, builder, folder.resolve(name + ".log"));
    }

    private Map<String, String> credential() {
        ProgramRun run =
                installation.run("credentials", "--app", "demo", "--subject", "me", "--data", data(), "--json");
        assertThat(run.exitCode()).as(run.output()).isZero();
        JsonNode credential = JsonMapper.builder().build().readTree(run.output());
        return Map.of(
                "CALLGATE_USERNAME", credential.get("username").asString(),
                "CALLGATE_PASSWORD", credential.get("password").asString());
    }

    @Test
    void datagramsGoThroughARelay() {
        try (LabProcess tunnel = example("tunnel.UdpTunnel", credential(), relay)) {
            assertThat(tunnel.awaitEnd(LIMIT)).as(tunnel.output()).isZero();
            assertThat(tunnel.output()).contains("hello 1", "hello 5", "all arrived");
        }
    }

    /// Wants no SFU: both peers are in the program.
    @Test
    void twoPeersOfAPlainStackMeetThroughTheRelay() {
        Obstacle.stopAt(RtcBench.libraryObstacle());
        Map<String, String> token = Map.of("CALLGATE_TOKEN", token());
        try (LabProcess peers = example("webrtc.PlainPeer", token, relay, pin())) {
            assertThat(peers.awaitEnd(LIMIT)).as(peers.output()).isZero();
            assertThat(peers.output())
                    .contains("callee hears: hello through the relay, 23 bytes", "caller finds relay")
                    .doesNotContainPattern("finds (host|srflx)");
        }
    }

    private String pin() {
        Matcher pin = PIN.matcher(serve.output());
        assertThat(pin.find()).as(serve.output()).isTrue();
        return pin.group(1);
    }

    private String token() {
        ProgramRun token = installation.run("token", "--app", "demo", "--uid", "me", "--data", data());
        assertThat(token.exitCode()).as(token.output()).isZero();
        return token.output().strip();
    }

    // ------------------------------------------------------------------------------------------- the doctor in CI

    @Test
    void theDoctorInCiAsksWithATokenOfItsOwn(@TempDir Path runner) throws IOException {
        List<Workflow.Done> done = nightly(tokenSecret(), runner);

        assertThat(done)
                .allSatisfy(step ->
                        assertThat(step.run().exitCode()).as(step.toString()).isZero());
        assertThat(done)
                .extracting(Workflow.Done::step)
                .containsExactly("Fetch the doctor", "Sign a token", "Ask", "Want a lease", "Want UDP");
        JsonNode report = JsonMapper.builder().build().readTree(Files.readString(runner.resolve("doctor.json")));
        assertThat(report.get("transports").get(0).get("lossPercent").isNumber())
                .as("datagrams really went: " + report)
                .isTrue();
    }

    @Test
    void theDoctorInCiFailsWithTheReason(@TempDir Path runner) throws IOException {
        List<Workflow.Done> done = nightly("no-secret-of-this-app-".repeat(2), runner);

        assertThat(done.getLast().step()).isEqualTo("Want a lease");
        assertThat(done.getLast().run().exitCode()).isEqualTo(1);
        assertThat(done.getLast().run().output()).contains("no token secret of the app has signed the token");
    }

    private List<Workflow.Done> nightly(String secret, Path runner) throws IOException {
        ProgramRun.needs("curl, jq, python3", "curl", "jq", "python3");
        HttpServer release = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), folder, OutputLevel.NONE);
        release.start();
        try {
            doctorJar(folder.resolve("callgate-doctor.jar"));
            Map<String, String> given = Map.of(
                    "CALLGATE_TOKEN_SECRET",
                    secret,
                    "CALLGATE_ENTRY",
                    relay,
                    "CALLGATE_APP",
                    "demo",
                    "CALLGATE_PIN",
                    pin(),
                    "CALLGATE_DOCTOR_URL",
                    "http://127.0.0.1:" + release.getAddress().getPort() + "/callgate-doctor.jar");
            Path file = Path.of(System.getProperty("callgate.root", ".."), "examples/doctor-in-ci/doctor.yml");
            return new Workflow(file, given).run("doctor", runner, Path.of(System.getProperty("java.home"), "bin"));
        } finally {
            release.stop(0);
        }
    }

    /// What `./mvnw package` makes of the doctor, by reference: [DoctorJarTest] runs the real one.
    private static void doctorJar(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "io.callgate.doctor.Main");
        String classes = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" "));
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classes);
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    }

    private String tokenSecret() {
        ProgramRun secret = installation.run("app", "secret", "rotate", "demo", "--data", data(), "--json");
        assertThat(secret.exitCode()).as(secret.output()).isZero();
        return JsonMapper.builder()
                .build()
                .readTree(secret.output())
                .get("secret")
                .asString();
    }

    @Test
    void aPhoneWalksOutAndBack() {
        try (LabProcess phone = example("smart.Phone", Map.of("CALLGATE_TOKEN", token()), relay, pin())) {
            assertThat(phone.awaitEnd(LIMIT)).as(phone.output()).isZero();
            assertThat(phone.output())
                    .containsSubsequence(
                            "from DIRECT to CLOUD_UDP: PROBE_TIMED_OUT",
                            "use CLOUD_UDP",
                            "into the street",
                            "use DIRECT",
                            "back to the office",
                            "use CLOUD_UDP");
        }
    }

    @Test
    void aPageGetsItsIceServers() throws Exception {
        try (LabProcess page = example("browser.IceServerPage", credential(), relay);
                HttpClient browser = HttpClient.newHttpClient()) {
            Pattern address = Pattern.compile("open (http://127.0.0.1:\\d+/)");
            page.awaitLine(Pattern.compile("^open http.*"), LIMIT);
            Matcher found = address.matcher(page.output());
            assertThat(found.find()).as(page.output()).isTrue();

            String servers = browser.send(
                            HttpRequest.newBuilder(URI.create(found.group(1) + "ice-servers"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();

            JsonNode first = JsonMapper.builder().build().readTree(servers).get(0);
            assertThat(first.get("urls").get(0).asString()).isEqualTo("turn:" + relay + "?transport=udp");
            assertThat(first.get("credential").asString()).isNotEmpty();
        }
    }
}
