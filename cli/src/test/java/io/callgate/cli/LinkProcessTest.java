package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
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

/// `relay --config F` with `control:` in the file, as a process of its own.
@Timeout(60)
class LinkProcessTest {
    @TempDir
    private Path folder = Path.of("unset");

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void stopAll() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void joinsOnceServesOnWithoutControlAndLetsNobodyInByAUsedToken() throws Exception {
        String token;
        String secret;
        Path file;
        try (ControlUnderTest control = new ControlUnderTest(folder)) {
            secret = control.app("demo", "");
            token = control.joinToken();
            file = relayFile("first", control.port, token);

            Process relay = start(file);
            assertThat(readUntil(relay.inputReader(StandardCharsets.UTF_8), "ready"))
                    .contains("listening on 127.0.0.1");
            assertThat(control.relay().get("name").asString()).isEqualTo("first");
            stop(relay);

            Process thief = start(relayFile("second", control.port, token));
            assertThat(new String(thief.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).lines())
                    .filteredOn(line -> line.startsWith("callgate: "))
                    .containsExactly(
                            "callgate: control does not let this relay in: the join token is not known, used, or"
                                    + " expired; create a new one: each lets one relay in");
            assertThat(thief.waitFor()).isEqualTo(1);
        }

        Process alone = start(file);
        readUntil(alone.inputReader(StandardCharsets.UTF_8), "ready");
        assertThat(readUntil(alone.errorReader(StandardCharsets.UTF_8), "link.lost"))
                .doesNotContain(token, secret);
        assertThat(Files.readString(folder.resolve("first/link-state.json")))
                .contains("demo")
                .doesNotContain(secret);
        stop(alone);
    }

    @Test
    void withoutControlAndMemoryItWaitsAndSaysSoAndMayBeStopped() throws Exception {
        Process relay = start(relayFile("lonely", FreePort.take(), "some-token"));

        assertThat(readUntil(relay.errorReader(StandardCharsets.UTF_8), "waiting for control"))
                .contains("127.0.0.1");
        relay.toHandle().destroy(); // its streams stay open

        assertThat(relay.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(relay.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .doesNotContain("ready");
    }

    private Path relayFile(String name, int controlPort, String token) throws IOException {
        Path own = Files.createDirectory(folder.resolve(name));
        Files.writeString(own.resolve("join.token"), token + "\n");
        return Files.writeString(own.resolve("relay.yaml"), """
            listen: [{address: 127.0.0.1, port: %d}]
            metrics: false
            control: {urls: ['http://127.0.0.1:%d'], joinTokenFile: join.token, name: %s}
            """.formatted(FreePort.take(), controlPort, name));
    }

    private Process start(Path file) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.callgate.cli.Main",
                "relay",
                "--config",
                file.toString());
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // or the JVM says on stderr that it picked them up
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
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
}
