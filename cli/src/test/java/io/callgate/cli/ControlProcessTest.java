package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `control` as a process of its own, and its file.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read of a pipe hears no interrupt
class ControlProcessTest {
    @TempDir
    private Path folder = Path.of("unset");

    private final JvmProcesses processes = new JvmProcesses();

    @AfterEach
    void stopAll() {
        processes.close();
    }

    @Test
    void servesByTlsTakesANewCertificateAndLeavesNothingBehind() throws IOException, InterruptedException {
        Files.writeString(
                folder.resolve("cert.pem"), Pem.write(TestIdentity.ec().chain()));
        Files.writeString(folder.resolve("key.pem"), Pem.write(TestIdentity.ec().key()));
        int port = FreePort.take();
        int consolePort = FreePort.take();
        Path file = Files.writeString(folder.resolve("control.yaml"), """
            listen: {address: 127.0.0.1, port: %d}
            console: {port: %d}
            tls: {certificate: cert.pem, key: key.pem}
            data: state
            """.formatted(port, consolePort));
        Process control = processes.start("control", "--config", file.toString());
        BufferedReader err = control.errorReader(StandardCharsets.UTF_8);

        assertThat(JvmProcesses.readUntil(control.inputReader(StandardCharsets.UTF_8), "ready"))
                .contains(
                        "Console: https://127.0.0.1:" + consolePort + "/",
                        "Console user: admin, password ",
                        "API: https://127.0.0.1:" + port + "/v1",
                        "Pin: sha256/" + TestIdentity.ec().pin());
        assertThat(poolList().out()).contains("main  production");

        Files.writeString(
                folder.resolve("cert.pem"), Pem.write(TestIdentity.rsa().chain()));
        Files.writeString(
                folder.resolve("key.pem"), Pem.write(TestIdentity.rsa().key()));
        JvmProcesses.readUntil(err, "control.certificate.applied");
        assertThat(poolList().err()).contains("its key is not the pinned one");

        Files.writeString(file, "listen: 7\nport: 3\n");
        assertThat(JvmProcesses.readUntil(err, "config.refused"))
                .contains("control.yaml:1:9: error: listen", "control.yaml:2:1: error: unknown key \"port\"");

        control.destroy();
        assertThat(control.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.resolve("state/cli.json")).doesNotExist();
    }

    private CommandLineRun poolList() {
        return CommandLineRun.of(
                "pool", "list", "--data", folder.resolve("state").toString());
    }

    @Test
    void everyMistakeOfItsFileIsToldWithItsPlace() throws IOException {
        Path file = Files.writeString(folder.resolve("control.yaml"), """
            listen: {address: here, port: 0}
            tls: {certificate: none.pem}
            database: {user: x}
            lsten: 1
            console: {address: 127.0.0.1, port: 0, host: x}
            """);

        assertThatThrownBy(() -> ControlFile.read(file).orFail())
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("control.yaml:1:19: error: listen.address: \"here\"")
                .hasMessageContaining("control.yaml:1:31: error: listen.port: \"0\": want a whole number")
                .hasMessageContaining("control.yaml:2:6: error: tls: \"key\" is missing")
                .hasMessageContaining("control.yaml:3:11: error: database: \"url\" is missing")
                .hasMessageContaining("control.yaml:4:1: error: unknown key \"lsten\"; did you mean listen?")
                .hasMessageContaining("control.yaml:5:37: error: console.port: \"0\": want a whole number")
                .hasMessageContaining("control.yaml:5:40: error: console: unknown key \"host\"");
    }

    @Test
    void aPortThatIsTakenIsToldWithTheKeyThatNamesAnother() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start("listen: {port: %d}\nconsole: {port: %d}\ndata: .\n"
                            .formatted(FreePort.take(), taken.getLocalPort())))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessage("cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + "; is it in use? Another is named by console: {port: N} in control's file");
            assertThatThrownBy(() -> start("listen: {port: %d}\nconsole: {port: %d}\ndata: .\n"
                            .formatted(taken.getLocalPort(), FreePort.take())))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageEndingWith("Another is named by listen: {port: N} in control's file");
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1, false", "127.0.0.1, 0.0.0.0, true", "0.0.0.0, 127.0.0.1, true"})
    void beyondLoopbackEitherPortMakesBothSpeakTls(String listen, String console, boolean tls) throws IOException {
        Path file = Files.writeString(
                folder.resolve("control.yaml"),
                "listen: {address: %s}\nconsole: {address: %s}\ndata: .\n".formatted(listen, console));

        assertThat(new ControlStart(ControlFile.read(file).orFail(), new SystemTime())
                        .identity(change -> {})
                        .isPresent())
                .isEqualTo(tls);
    }

    private void start(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("control.yaml"), text);
        new ControlStart(ControlFile.read(file).orFail(), new SystemTime())
                .start(Optional.empty())
                .close();
    }
}
