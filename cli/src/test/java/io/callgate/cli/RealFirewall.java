package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The firewall tools of this machine, asked and not changed.
final class RealFirewall {
    private RealFirewall() {}

    /// Hands a real firewall its rules, without their taking effect.
    ///
    /// @param command the tool, and options that make it judge only
    static void assertTakes(String... command) throws IOException, InterruptedException {
        Path tool = Path.of("/usr/sbin", command[0]);
        assumeThat(Files.isExecutable(tool))
                .as(command[0] + " is not installed")
                .isTrue();
        List<String> whole = new ArrayList<>(List.of(command));
        whole.set(0, tool.toString());
        Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();

        assumeThat(output)
                .as(command[0] + " may not ask the kernel here")
                .doesNotContain("Operation not permitted", "Permission denied");
        assertThat(output).isEmpty();
        assertThat(process.exitValue()).isZero();
    }
}
