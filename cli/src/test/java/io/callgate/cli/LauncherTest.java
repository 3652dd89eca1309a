package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script `callgate`, as far as it can be had without a build.
class LauncherTest {
    private static final Path SCRIPT =
            Path.of(System.getProperty("callgate.root", "..")).resolve("callgate");

    @TempDir
    private Path folder = Path.of("unset");

    @Test
    void saysInOneLineThatThereIsNoJdk() throws IOException, InterruptedException {
        // A copy that wants a JDK which no machine has.
        Path copy = folder.resolve("callgate");
        Files.writeString(copy, Files.readString(SCRIPT).replace("wanted=25", "wanted=925"));

        Process launcher = new ProcessBuilder("sh", copy.toString(), "serve").start();
        String err = new String(launcher.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(launcher.waitFor()).isEqualTo(1);
        assertThat(err.lines().toList())
                .containsExactly("callgate: no JDK 925 found; install one (such as temurin-925-jdk) or set JAVA_HOME to"
                        + " its folder");
    }

    @Test
    void shellcheckHasNothingToSay() throws IOException, InterruptedException {
        Path shellcheck = Path.of("/usr/bin/shellcheck");
        assumeThat(Files.isExecutable(shellcheck))
                .as("shellcheck is not installed")
                .isTrue();

        Process check = new ProcessBuilder(List.of(shellcheck.toString(), SCRIPT.toString()))
                .redirectErrorStream(true)
                .start();
        String output = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(check.waitFor()).as(output).isZero();
    }
}
